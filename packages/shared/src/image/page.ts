/**
 * The target of the link to the next page in a `Link` header.
 * Source: RFC 8288; distribution spec, "Listing Tags" (`</v2/…?last=…>; rel="next"`).
 * @returns undefined on the last page
 */
export function nextPage(header: string | null): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i.test(parameters)) return target;
  }
  return undefined;
}
