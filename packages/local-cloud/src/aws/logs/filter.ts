/**
 * A filter pattern of terms: each has to be there, `-term` must not, one of several `?term` is enough.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForLogEvents.html
 */
export function filterOf(pattern = ''): (message: string) => boolean {
  const terms = [...pattern.matchAll(/(?<sign>[-?]?)(?:"(?<quoted>[^"]*)"|(?<word>\S+))/g)].map(
    ({ groups = {} }) => ({ sign: groups['sign'], text: groups['quoted'] ?? groups['word'] ?? '' }),
  );
  const some = terms.filter(({ sign }) => sign === '?');
  const rest = terms.filter(({ sign }) => sign !== '?');
  return (message) =>
    rest.every(({ sign, text }) => message.includes(text) !== (sign === '-')) &&
    (some.length === 0 || some.some(({ text }) => message.includes(text)));
}
