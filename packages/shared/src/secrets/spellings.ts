/** A text below this length is in every text by chance; it is masked, but not looked for by us. */
export const shortest = 4;

/** Base64 of less would be found in digests by chance. */
const shortestEncoded = 6;

/** Whether a text is long enough to be told from others by chance. */
export function redactable(text: string): boolean {
  return text.trim().length >= shortest;
}

/** The parts of a secret to mask: the whole, and each line that is long enough to be one. */
export function maskable(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const telling = lines.filter((line) => redactable(line) && !line.startsWith('-----'));
  return [...new Set([secret.trim(), ...telling])].filter((part) => part !== '');
}

/** A part of a secret as others write it: in JSON, in an address, in a shell line, in base64. */
export function spellings(part: string): string[] {
  const wellFormed = part.toWellFormed();
  const address = encodeURIComponent(wellFormed);
  const all = [
    part,
    JSON.stringify(part).slice(1, -1),
    address,
    address.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    part.replaceAll("'", "'\\''"),
    part.replaceAll("'", "''"),
    part.replace(/[\\"$`]/g, '\\$&'),
    ...(part.length < shortestEncoded ? [] : base64(part)),
  ];
  return [...new Set(all)].filter((spelling) => spelling.length >= shortest);
}

// Base64 of any text that contains the part, as after `user:`: what depends on the part alone.
function base64(part: string): string[] {
  const bytes = Buffer.from(part);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const standard = whole.toString('base64').slice(from, Math.floor((whole.length * 8) / 6));
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
