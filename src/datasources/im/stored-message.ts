import { decodeLater, type LaterDecoding } from "../bitrix24/decoding.ts";
import type { WireObject } from "../bitrix24/wire.ts";
import type { FileRecord } from "../domain/file.ts";
import type { Id } from "../domain/ids.ts";
import type { AttachmentRecord, MessageRecord } from "../domain/message.ts";
import {
  areTexts,
  attachmentsOf,
  filesOf,
  NO_PARAMS,
  oddParams,
  paramIn,
  plainParams,
  textsOf,
  underUpperNames,
} from "./message-params.ts";

/** What the messages of one answer have in common. */
export interface MessageAnswer {
  /** The files that the answer describes, by id. */
  readonly files: () => ReadonlyMap<Id, FileRecord>;
  readonly later: LaterDecoding;
}

/** What every message is told with. */
export interface MessageHead {
  readonly id: Id;
  readonly chatId: Id;
  readonly authorId: Id | null;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly text: string;
}

/**
 * A message whose parameters are decoded when they are read: a page has hundreds of messages, and hardly any operation asks for files, attachments
 * and marks at once.
 */
export class StoredMessage implements MessageRecord {
  readonly id: Id;
  readonly chatId: Id;
  readonly authorId: Id | null;
  readonly text: string;
  readonly #sentAt: number;
  readonly #params: WireObject;
  readonly #path: string | null;
  readonly #answer: MessageAnswer;
  #named: MessageRecord["params"] | undefined;
  #files: readonly FileRecord[] | undefined;
  #attachments: readonly AttachmentRecord[] | undefined;

  /** `path` leads to the message in its answer; null where it stands under its id. */
  constructor(head: MessageHead, params: unknown, path: string | null, answer: MessageAnswer) {
    this.id = head.id;
    this.chatId = head.chatId;
    this.authorId = head.authorId;
    this.text = head.text;
    this.#sentAt = head.sentAt;
    this.#path = path;
    this.#params = plainParams(params) ?? oddParams(params, this.#pathOf("params"));
    this.#answer = answer;
  }

  get isSystem(): boolean {
    return this.authorId === null;
  }

  get sentAt(): Date {
    return new Date(this.#sentAt);
  }

  get files(): readonly FileRecord[] {
    this.#files ??= this.#read("FILE_ID", (value, path) => filesOf(value, path, this.#answer.files()));
    return this.#files;
  }

  get attachments(): readonly AttachmentRecord[] {
    this.#attachments ??= this.#read("ATTACH", attachmentsOf);
    return this.#attachments;
  }

  get externalIds(): readonly string[] {
    const value = this.#params === NO_PARAMS ? undefined : paramIn(this.#params, "CONNECTOR_MID");
    return areTexts(value) ? value : this.#read("CONNECTOR_MID", textsOf);
  }

  get params(): MessageRecord["params"] {
    if (this.#params === NO_PARAMS) return null;
    this.#named ??= underUpperNames(this.#params);
    return this.#named;
  }

  #read<T>(name: string, decode: (value: unknown, path: string) => readonly T[]): readonly T[] {
    if (this.#params === NO_PARAMS) return [];
    const value = paramIn(this.#params, name);
    if (value === undefined) return [];
    return decodeLater(this.#answer.later, () => decode(value, this.#pathOf(`params.${name}`)));
  }

  #pathOf(member: string): string {
    return `${this.#path ?? `message.${this.id}`}.${member}`;
  }
}
