import { BadInput } from '@slipway/shared/action/input';

/** Refuses a document in words that follow "Input spec". */
export function refuse(wrong: string, valid: string): never {
  throw new BadInput(wrong, valid);
}
