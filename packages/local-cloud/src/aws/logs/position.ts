import { Refusal } from '../refusal.ts';

/** Where reading goes on: behind or before an event. */
export interface Position {
  forward: boolean;
  id: number;
}

/** `f/00000000000000000000000000000000000000000000000000000042/s`, as CloudWatch Logs writes it. */
export function writePosition({ forward, id }: Position): string {
  return `${forward ? 'f' : 'b'}/${String(id).padStart(56, '0')}/s`;
}

/** @throws Refusal `InvalidParameterException` */
export function readPosition(token: string): Position {
  const { id, way } = /^(?<way>[fb])\/(?<id>\d{56})\/s$/.exec(token)?.groups ?? {};
  if (id !== undefined) return { forward: way === 'f', id: Number(id) };
  throw new Refusal('InvalidParameterException', 'The specified nextToken is invalid.');
}
