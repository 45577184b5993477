import { useQuery } from "@apollo/client/react";
import { type FormEvent, useState } from "react";
import { useReadAgain } from "../gateway/use-read-again.ts";
import { RateSessionDocument, SessionToRateDocument, type SessionToRateQuery } from "../graphql.ts";
import { Failure } from "../parts/failure.tsx";
import { Modal } from "../parts/modal.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useWords } from "../words/language.tsx";
import { problemText } from "../words/problems.ts";
import { useAction } from "./use-action.ts";
import "./rate-dialog.css";

const RATINGS = [1, 2, 3, 4, 5] as const;

interface RateDialogProps {
  readonly chatId: string;
  readonly onClose: () => void;
}

/** A supervisor's vote on the latest session of a conversation. */
export function RateDialog({ chatId, onClose }: RateDialogProps) {
  const words = useWords();
  const { data, error, refetch } = useQuery(SessionToRateDocument, {
    variables: { chatId },
    fetchPolicy: "network-only",
  });
  const readAgain = useReadAgain(SessionToRateDocument, { error, refetch });
  const session = data?.session;
  return (
    <Modal title={words.rate} onClose={onClose}>
      {error !== undefined && <Failure text={problemText(error, words)} onRetry={readAgain} />}
      {data === undefined && error === undefined && <Waiting onRetry={readAgain} />}
      {session?.viewerCanRate === false && <p>{words.cannotRate}</p>}
      {session != null && session.viewerCanRate !== false && <RateForm session={session} onClose={onClose} />}
    </Modal>
  );
}

interface RateFormProps {
  readonly session: NonNullable<SessionToRateQuery["session"]>;
  readonly onClose: () => void;
}

function RateForm({ session, onClose }: RateFormProps) {
  const words = useWords();
  const rate = useAction(RateSessionDocument);
  const [rating, setRating] = useState(session.supervisorRating ?? 0);
  const [comment, setComment] = useState(session.supervisorComment ?? "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await rate.run({ sessionId: session.id, rating, comment })) onClose();
  };
  return (
    <form className="rate-form" onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>{words.rating}</legend>
        {RATINGS.map((each) => (
          <label key={each} data-chosen={each <= rating}>
            <input type="radio" name="rating" value={each} checked={each === rating} onChange={() => setRating(each)} />
            <span aria-hidden>{each <= rating ? "★" : "☆"}</span>
            <span className="visually-hidden">{each}</span>
          </label>
        ))}
      </fieldset>
      <label className="comment">
        {words.comment}
        <textarea rows={3} dir="auto" value={comment} onChange={({ target }) => setComment(target.value)} />
      </label>
      {rate.problem !== undefined && <Failure text={problemText(rate.problem, words)} />}
      <button type="submit" className="primary" disabled={rating === 0 || rate.isRunning}>
        {words.save}
      </button>
    </form>
  );
}
