import { lineReader } from '@slipway/shared/exec/lines';

/** What is known of a script by what it has printed so far. */
export interface ScriptOutput {
  out(text: string): void;
  err(text: string): void;
  /** No more comes. */
  end(): void;
  /** Its process group, once it has begun. */
  group(): string | undefined;
  /** Its exit code, once it has ended by itself. */
  code(): number | undefined;
  /** What it printed itself. */
  stdout(): string;
  stderr(): string;
  /** What came before it began: of a profile, or of what was run in its place. */
  before(): string;
}

/** Who hears each line as it comes. */
export interface OutputListeners {
  onStdout?(line: string): void;
  onStderr?(line: string): void;
}

/** Most characters that are kept of each stream. */
const mostKept = 4 * 1024 * 1024;
const mostBefore = 16 * 1024;
/** More than the last line of a script, its end, can have. */
const tailLength = 256;

/**
 * Tells what a script prints from what a profile has printed before it, by the mark that the script
 * prints when it begins. Takes time in proportion to what comes.
 * @param mark as in `framedScript`
 * @param listeners get each line of the script itself
 */
export function scriptOutput(mark: string, listeners: OutputListeners): ScriptOutput {
  const { onStderr, onStdout } = listeners;
  const begin = new RegExp(`${mark} (\\d+)\\n`);
  const end = new RegExp(`${mark} end (\\d{1,3})\\n`);
  let group: string | undefined;
  let [stdout, stderr, before, seam, tail] = ['', '', '', '', ''];
  let errBegan = false;
  const keepBefore = (text: string) => {
    before = (before + text).slice(0, mostBefore);
  };
  const outputLines = onStdout && lineReader(onStdout, mostKept);
  const errLines = lineReader((line) => {
    if (!errBegan) {
      errBegan = line.endsWith(mark);
      if (!errBegan) keepBefore(`${line}\n`);
      return;
    }
    if (stderr.length < mostKept) stderr += `${line}\n`;
    onStderr?.(line);
  });

  const own = (text: string) => {
    if (stdout.length < mostKept) stdout += text;
    tail = (tail + text.slice(-tailLength)).slice(-tailLength);
    outputLines?.data(text);
  };
  return {
    out(text) {
      if (group !== undefined) return own(text);
      // The mark may come in two pieces.
      const joined = seam + text;
      const found = begin.exec(joined);
      if (found) {
        group = found[1];
        return own(joined.slice(found.index + found[0].length));
      }
      keepBefore(text);
      seam = joined.slice(-tailLength);
    },
    err: errLines.data,
    end() {
      outputLines?.end();
      errLines.end();
    },
    group: () => group,
    code() {
      const found = end.exec(group === undefined ? seam : tail) ?? end.exec(stdout);
      return found ? Number(found[1]) : undefined;
    },
    stdout() {
      const found = stdout.lastIndexOf(`${mark} end `);
      return found < 0 ? stdout : stdout.slice(0, found);
    },
    stderr: () => stderr,
    before: () => before,
  };
}
