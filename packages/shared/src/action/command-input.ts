import { split } from 'shlex';
import { BadInput, type Input } from './input.ts';

/** A command, as the words that a shell makes of it that knows quotes only: clouds run no shell. */
export const commandInput: Input<readonly string[]> = {
  example: 'npm run migrate',
  parse(text) {
    const words = wordsOf(text);
    const [program] = words;
    if (!program) throw new BadInput('has no command in it', 'npm run migrate');
    const shellWord = shells.test(program) ? undefined : words.find((word) => operator.test(word));
    if (shellWord === undefined) return words;
    throw new BadInput(`has ${shellWord} in it, which needs a shell`, "sh -c 'one && two'");
  },
};

function wordsOf(text: string): string[] {
  try {
    return split(text);
  } catch {
    throw new BadInput('has a quote or a backslash that does not end', "sh -c 'one && two'");
  }
}

const shells = /(?:^|\/)(?:ba|da|a|z|k)?sh$/;
const operator = /^(?:&&?|\|\|?|;|\d?[<>]{1,2}|\d?>&\d|\$\w+|\$\{\w+\})$|;$/;
