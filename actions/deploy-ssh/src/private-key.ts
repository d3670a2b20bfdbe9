import { BadInput, type Input, secret } from '@slipway/shared/action/input';

const example = 'the whole file, from -----BEGIN OPENSSH PRIVATE KEY----- to the END line';

/**
 * A private key as people paste it: CRLF, indented lines, `\n` as two characters, or the whole in
 * base64. The result is the key with clean lines; whether it can be read is found out later, as
 * that takes the SSH library.
 */
export const privateKey: Input<string> = {
  ...secret({
    parse(value: string) {
      const key = tidy(value);
      const kind = /^-----BEGIN ([A-Z0-9 ]+)-----$/m.exec(key)?.[1];
      if (/^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]{20,}/.test(key) || kind?.endsWith('PUBLIC KEY')) {
        throw new BadInput('is a public key; the private one is needed', example);
      }
      if (/^PuTTY-User-Key-File/.test(key)) {
        throw new BadInput(
          'is a PuTTY key; convert it with `puttygen key.ppk -O private-openssh -o key`',
          example,
        );
      }
      if (kind === undefined)
        throw new BadInput('is not a private key: it has no BEGIN line', example);
      if (!kind.endsWith('PRIVATE KEY')) {
        throw new BadInput(`is not a private key but a ${kind.toLowerCase()}`, example);
      }
      if (!key.includes(`-----END ${kind}-----`)) {
        throw new BadInput('is cut off: its END line is missing', example);
      }
      return `${key}\n`;
    },
  }),
  multiline: true,
  longest: 20_000,
};

function tidy(value: string): string {
  let text = value.replaceAll('\r', '').replaceAll('\\n', '\n').trim();
  if (/^[A-Za-z0-9+/=\s]+$/.test(text)) {
    const decoded = Buffer.from(text, 'base64').toString('utf8');
    if (decoded.includes('-----BEGIN')) text = decoded.replaceAll('\r', '').trim();
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
