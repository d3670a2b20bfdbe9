import { Refusal } from '../refusal.ts';

/** Cuts a page out of a list by ELB's marker. */
export function pageByMarker<Item>(
  all: readonly Item[],
  { Marker, PageSize = 400 }: { Marker?: string | undefined; PageSize?: number | undefined },
): { items: Item[]; more: { NextMarker?: string } } {
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64url').toString('utf8'));
  if (!Number.isSafeInteger(from)) throw new Refusal('ValidationError', 'Invalid marker');
  const end = from + PageSize;
  const next = Buffer.from(String(end)).toString('base64url');
  return { items: all.slice(from, end), more: end < all.length ? { NextMarker: next } : {} };
}
