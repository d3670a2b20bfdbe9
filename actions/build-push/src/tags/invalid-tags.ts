import { cut } from '@slipway/shared/secrets/cut';

/** Everything that is wrong with the tag rules, found in one go. */
export class InvalidTags extends Error {
  override readonly name = 'InvalidTags';
  /** Each a sentence that names the rule, what is wrong and what would be right. */
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The words by which an error names a rule. */
export function ruleName({ line, text }: { line: number; text: string }): string {
  return `line ${line} \`${cut(text, 120).replace(/[\x00-\x1f\x7f]/g, '\ufffd')}\``;
}
