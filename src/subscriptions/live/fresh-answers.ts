import { LRUCache } from "lru-cache";

/** What was answered, and when it was asked for: whatever happened later it does not know. */
export interface Answer<T> {
  readonly value: T;
  /** Milliseconds of the monotonic clock. */
  readonly askedAt: number;
}

/** Answers that are shared by all who want one of at least a certain age. */
export interface FreshAnswers<Subject, T> {
  /** The newest answer that is kept, however old. */
  kept(subject: Subject): Answer<T> | undefined;
  /** The same, by the subject's name. */
  keptBy(name: string): Answer<T> | undefined;
  /** Takes over an answer that another question brought. */
  prime(subject: Subject, answer: Answer<T>): void;
  /**
   * An answer that was asked for at `since` or later. `cameAt`: when what makes it needed came, by which its turn is told. Rejects as the question
   * does.
   */
  ask(subject: Subject, since: number, cameAt?: number): Promise<Answer<T>>;
}

export interface FreshAnswersOptions<Subject, T> {
  readonly nameOf: (subject: Subject) => string;
  /** Resolves when the question may leave: whatever is asked before it does shares the answer. */
  readonly turn: (subject: Subject, cameAt: number) => Promise<void>;
  readonly ask: (subject: Subject) => Promise<T>;
  readonly maxKept: number;
  /** Default: kept until others push it out. */
  readonly keptMs?: number;
  /** Weighs what is kept; with `maxKept` as the bound of the sum. Default: each counts one. */
  readonly weigh?: (value: T) => number;
  readonly now?: () => number;
}

interface Question<T> {
  /** Undefined while it waits for its turn. */
  askedAt: number | undefined;
  readonly answer: Promise<Answer<T>>;
}

export function createFreshAnswers<Subject, T>(options: FreshAnswersOptions<Subject, T>): FreshAnswers<Subject, T> {
  const { nameOf, turn, weigh, now = () => performance.now() } = options;
  const kept = new LRUCache<string, Answer<T>>({
    maxSize: options.maxKept,
    sizeCalculation: ({ value }) => 1 + (weigh?.(value) ?? 0),
    ...(options.keptMs === undefined ? {} : { ttl: options.keptMs, ttlAutopurge: true }),
  });
  const waiting = new Map<string, Question<T>>();
  const underWay = new Map<string, Question<T>>();

  function begin(subject: Subject, name: string, cameAt: number): Question<T> {
    const question: Question<T> = { askedAt: undefined, answer: find() };
    async function find(): Promise<Answer<T>> {
      await turn(subject, cameAt);
      const askedAt = now();
      question.askedAt = askedAt;
      waiting.delete(name);
      underWay.set(name, question);
      try {
        const answer = { value: await options.ask(subject), askedAt };
        keep(name, answer);
        return answer;
      } finally {
        if (underWay.get(name) === question) underWay.delete(name);
      }
    }
    waiting.set(name, question);
    return question;
  }

  function keep(name: string, answer: Answer<T>): void {
    const newest = kept.peek(name);
    if (newest === undefined || newest.askedAt <= answer.askedAt) kept.set(name, answer);
  }

  return {
    prime: (subject, answer) => keep(nameOf(subject), answer),
    kept: (subject) => kept.get(nameOf(subject)),
    keptBy: (name) => kept.get(name),
    ask(subject, since, cameAt = since) {
      const name = nameOf(subject);
      const known = kept.get(name);
      if (known !== undefined && known.askedAt >= since) return Promise.resolve(known);
      const asked = underWay.get(name);
      if (asked?.askedAt !== undefined && asked.askedAt >= since) return asked.answer;
      return (waiting.get(name) ?? begin(subject, name, cameAt)).answer;
    },
  };
}
