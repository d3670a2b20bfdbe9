/** Longest tag in characters. Source: OCI distribution specification, "Pulling manifests". */
export const longestTag = 128;

const legal = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Why a text cannot be (part of) a tag, in words that follow it; undefined when it can.
 * @param part `start` and `all` may not begin with `.` or `-`, only `all` has a length
 */
export function whyIllegal(text: string, part: 'all' | 'start' | 'middle'): string | undefined {
  if (/^(?:.*@)?(?:sha256|sha512):/i.test(text)) {
    return 'is a digest, not a tag; a digest names an image by itself and cannot be given to one';
  }
  if (/\{|\}/.test(text)) return 'has a brace that is not part of an expression such as {{branch}}';
  const bad = [...new Set(text.match(/[^A-Za-z0-9_.-]/gu))];
  if (bad.length > 0) {
    const shown = bad.slice(0, 5).map((character) => JSON.stringify(character));
    const hint = bad.includes('/') ? '; for the name of a branch write {{branch}}' : '';
    return `has ${shown.join(', ')}, but a tag has only letters, digits, ".", "_" and "-"${hint}`;
  }
  if (part !== 'middle' && /^[.-]/.test(text)) {
    return 'begins with "." or "-", but a tag begins with a letter, a digit or "_"';
  }
  if (part === 'all' && text.length > longestTag) {
    return `has ${text.length} characters, but a tag has at most ${longestTag}`;
  }
  return part === 'all' && !legal.test(text) ? 'is empty' : undefined;
}
