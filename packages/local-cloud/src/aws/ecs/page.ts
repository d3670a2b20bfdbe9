import { Refusal } from '../refusal.ts';

/** One page of a list, with the token of the next where there is more. */
export interface Page<Item> {
  items: Item[];
  more: { nextToken?: string };
}

/**
 * Cuts a page out of a list.
 * @param most how many a page has where nobody says
 * @throws Refusal `InvalidParameterException` for a token that is none of ours
 */
export function pageOf<Item>(
  all: readonly Item[],
  asked: { nextToken?: string | undefined; maxResults?: number | undefined },
  most = 100,
): Page<Item> {
  const size = asked.maxResults ?? most;
  if (size < 1 || size > 100) {
    throw new Refusal('InvalidParameterException', 'Max results must be between 1 and 100.');
  }
  const from = asked.nextToken === undefined ? 0 : readToken(asked.nextToken);
  const end = from + size;
  return {
    items: all.slice(from, end),
    more: end < all.length ? { nextToken: writeToken(end) } : {},
  };
}

function writeToken(from: number): string {
  return Buffer.from(`from:${from}`).toString('base64url');
}

function readToken(token: string): number {
  const from = /^from:(?<from>\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (from?.groups?.['from'] !== undefined) return Number(from.groups['from']);
  throw new Refusal('InvalidParameterException', 'Invalid token.');
}
