import type { Policy } from '../policy/policy.ts';
import type { Feeds } from '../verdict/rules.ts';
import { parseExploited, parsePredictions } from './parse-feeds.ts';
import { type FeedTools, readFeed } from './read-feed.ts';

/**
 * Reads the feeds that a policy names.
 * @param found ids of what was found
 * @throws Failure `gate/feed`
 */
export async function loadFeeds(
  { exploitPrediction, knownExploited }: Policy,
  found: ReadonlySet<string>,
  tools: FeedTools,
): Promise<Feeds> {
  const feeds: Feeds = { exploited: new Set(), predicted: new Map() };
  if (knownExploited) {
    feeds.exploited = parseExploited(knownExploited.feed, await readFeed(knownExploited, tools));
  }
  if (exploitPrediction) {
    const text = await readFeed(exploitPrediction, tools);
    feeds.predicted = parsePredictions(exploitPrediction.feed, text, found);
  }
  return feeds;
}
