import { hostileTexts, type MakeText, much } from './hostile-texts.ts';

/** Thread time in milliseconds that some work takes; other programs of the machine do not count. */
export function threadTime(work: () => unknown): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1_000;
}

const yardstick = much('a quick [brown] fox.\n', 500_000);
const pass = () => yardstick.replace(/[[\].]/g, (mark) => `&#${mark.charCodeAt(0)};`).split('\n');
let measured: number | undefined;

/**
 * The milliseconds that work on a text of so many characters may take on this machine: a multiple of
 * one simple pass over a text in the same process. Work that begins anew with each character takes
 * thousands of passes.
 */
export function linearTime(length: number): number {
  measured ??= measure();
  return 40 * measured * Math.max(1, length / yardstick.length);
}

function mixed(texts: readonly HostileText[], length: number): string {
  return texts.map(([, make]) => make(length / texts.length)).join('\n');
}

function measure(): number {
  return Math.max(1, Math.min(threadTime(pass), threadTime(pass), threadTime(pass)));
}

/** A text with what makes more of it: {@link hostileTexts} and the like. */
export type HostileText = readonly [what: string, make: MakeText];

/**
 * Which texts take a reader longer than one pass; each is said in words, so an empty list is right.
 * A text that took too long is given once more, measured against the machine as it is then.
 * @param read may throw what `refused` knows
 */
export async function slowTexts(
  read: (text: string) => unknown,
  {
    texts = hostileTexts,
    lengths = [60_000],
    refused = () => false,
  }: {
    texts?: readonly HostileText[];
    lengths?: readonly number[];
    refused?: (error: unknown) => boolean;
  } = {},
): Promise<string[]> {
  const attempt = async (text: string) => {
    const start = process.threadCpuUsage();
    try {
      await read(text);
    } catch (error) {
      if (!refused(error)) throw error;
    }
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1_000;
  };
  const slow: string[] = [];
  // What takes a pass for each character shows at 60,000; a megabyte only needs to be met once.
  const all: HostileText = ['all of them', (length) => mixed(texts, length)];
  for (const [what, make] of [...texts, all]) {
    for (const length of what === all[0] ? [1_000_000] : lengths) {
      const text = make(length);
      if ((await attempt(text)) <= linearTime(length)) continue;
      measured = undefined;
      const took = await attempt(text);
      if (took <= linearTime(length)) continue;
      slow.push(`${length} characters of ${what} take ${Math.round(took)} ms`);
      // More of them would only take longer.
      break;
    }
  }
  return slow;
}
