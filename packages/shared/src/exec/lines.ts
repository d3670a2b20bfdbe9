import { longestSecret, redact } from '../secrets/redact.ts';

/** Takes a text apart while it comes. */
export interface LineReader {
  data(text: string): void;
  /** Gives what is left when the text ends without a line break. */
  end(): void;
}

/** A line without an end must neither fill the memory nor be read again with each chunk. */
const longestPart = 64 * 1024;

/**
 * Gives each line as it comes, without its line break; one above the longest in parts.
 * @param longest in characters, 64 Ki when not given
 */
export function lineReader(
  onLine: (line: string) => void,
  longest: number = longestPart,
): LineReader {
  let open = '';
  const give = (line: string) => {
    if (line.length <= longest) return onLine(line);
    const safe = redact(line);
    for (let at = 0; at < safe.length; at += longest) onLine(safe.slice(at, at + longest));
  };
  return {
    data(text) {
      const lines = text.split('\n');
      const last = lines.pop() ?? '';
      for (const line of lines) {
        const whole = open + line;
        open = '';
        give(whole.endsWith('\r') ? whole.slice(0, -1) : whole);
      }
      open += last;
      if (open.length <= longest) return;
      // A secret may go on in what has not come yet, so the end stays open.
      const safe = redact(open);
      const end = safe.length - Math.min(longestSecret(), longest / 2);
      give(safe.slice(0, end));
      open = safe.slice(end);
    },
    end() {
      if (open !== '') give(open);
      open = '';
    },
  };
}
