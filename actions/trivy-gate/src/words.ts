import { BadInput, type Input } from '@slipway/shared/action/input';

/** Some of a few words, each once, with commas or one a line; at least one. */
export function words<const T extends string>(...known: T[]): Input<T[]> {
  const example = known.slice(0, 2).join(',');
  return {
    multiline: true,
    example,
    parse(value) {
      const items = value.split(/[\n,]/).map((item) => item.trim());
      const said = items.filter((item) => item !== '' && !item.startsWith('#'));
      if (said.length === 0) throw new BadInput('names nothing', example);
      return [...new Set(said)].map((item) => {
        const word = known.find((one) => one === item);
        if (word === undefined) {
          throw new BadInput(`has ${item}, which is not one of ${known.join(', ')}`, example);
        }
        return word;
      });
    },
  };
}
