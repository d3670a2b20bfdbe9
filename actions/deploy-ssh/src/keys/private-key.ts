import { BadInput, type Input, secret } from '@slipway/shared/action/input';

/** What a valid private key looks like, for messages. */
export const keyExample =
  'the whole file, from -----BEGIN OPENSSH PRIVATE KEY----- to the END line';

/** A private key with clean lines; what is in it is read by {@link readKey}. */
export interface PrivateKeyText {
  /** What stands after BEGIN: `OPENSSH PRIVATE KEY`, `RSA PRIVATE KEY`, `PRIVATE KEY`, … */
  kind: string;
  /** From the BEGIN line to the END line. */
  text: string;
}

/**
 * A private key as people paste it: CRLF, indented lines, `\n` as two characters, line breaks that
 * became blanks, or the whole in base64.
 */
export const privateKey: Input<PrivateKeyText> = {
  ...secret({
    parse(value: string) {
      const pasted = plainText(value);
      if (/^(?:ssh-|ecdsa-|sk-)\S+\s+[A-Za-z0-9+/=]{20,}/.test(pasted)) {
        const what = /^\S+-cert-v0\d@/.test(pasted) ? 'a certificate' : 'a public key';
        throw new BadInput(`is ${what}; the private key is needed`, keyExample);
      }
      if (pasted.startsWith('PuTTY-User-Key-File')) {
        throw new BadInput(
          'is a PuTTY key; convert it with `puttygen key.ppk -O private-openssh -o key`',
          keyExample,
        );
      }
      if (pasted.startsWith('---- BEGIN SSH2 PUBLIC KEY')) {
        throw new BadInput(notPrivate('PUBLIC KEY'), keyExample);
      }
      const kinds = [...pasted.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, name]) => name);
      const kind = kinds.find((name) => name?.endsWith('PRIVATE KEY'));
      if (kind === undefined) throw new BadInput(notPrivate(kinds[0]), keyExample);
      return { kind, text: block(pasted, kind) };
    },
  }),
  example: keyExample,
  multiline: true,
  longest: 20_000,
};

function notPrivate(kind: string | undefined): string {
  if (kind === undefined) return 'is not a private key: it has no BEGIN line';
  return kind.endsWith('PUBLIC KEY')
    ? 'is a public key; the private key is needed'
    : `is not a private key but a ${kind.toLowerCase()}`;
}

function plainText(value: string): string {
  const text = value.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '').trim();
  if (!/^[A-Za-z0-9+/=\s]+$/.test(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return decoded.includes('-----BEGIN') ? decoded.replaceAll('\r', '').trim() : text;
}

// Only the private part counts: openssl may write parameters or certificates around it.
function block(text: string, kind: string): string {
  const [begin, end] = [`-----BEGIN ${kind}-----`, `-----END ${kind}-----`];
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end, start);
  if (stop < 0) throw new BadInput('is cut off: its END line is missing', keyExample);
  const body = text.slice(start, stop).trim();
  // A header such as DEK-Info needs its own line; without one, only the base64 counts.
  const lines = /^[\w-]+: /m.test(body)
    ? body.replace(/[ \t]*\n[ \t]*/g, '\n')
    : body.replace(/\s+/g, '').replace(/.{64}(?=.)/g, '$&\n');
  return `${begin}\n${lines}\n${end}\n`;
}
