import Sequencer from '@jest/test-sequencer';

/** Begins with the journeys, which take longest; the rest in jest's own order. */
export default class JourneysFirst extends Sequencer {
  sort(tests) {
    const isJourney = ({ context }) => context.config.displayName?.name === 'journeys';
    return super.sort(tests).toSorted((a, b) => Number(isJourney(b)) - Number(isJourney(a)));
  }
}
