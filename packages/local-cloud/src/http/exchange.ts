import type { Readable } from 'node:stream';

/** A request as a service sees it, read to its end. */
export interface Request {
  method: string;
  url: URL;
  /** Names in lower case; repeated ones joined by a comma. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string | Buffer | Readable;
}

/** One service of the cloud. */
export type Handler = (request: Request) => Answer | Promise<Answer>;

export function jsonAnswer(
  status: number,
  value: unknown,
  contentType = 'application/json; charset=utf-8',
): Answer {
  return { status, headers: { 'content-type': contentType }, body: JSON.stringify(value) };
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
