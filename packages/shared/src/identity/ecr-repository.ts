/** What a new repository of a private ECR is made with. */
export interface EcrRepositorySettings {
  /** Each image is scanned when it is pushed. */
  scanOnPush: boolean;
  /** A tag that is there never moves to another image. */
  immutableTags: boolean;
  /** ARN of a key of KMS; without it, ECR encrypts by a key of its own. */
  kmsKey?: string | undefined;
  /** So many tagged images are kept, the newest; 0 keeps all. */
  keep: number;
}

export const usualRepositorySettings: EcrRepositorySettings = {
  scanOnPush: true,
  immutableTags: false,
  keep: 30,
};

/** How long an image without a tag is kept, in days. */
const untaggedDays = 30;

/**
 * The lifecycle policy of a new repository. Tagged images are counted by themselves: the parts of an
 * image for several platforms have no tags, and ECR keeps them while their index is there.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 * @returns undefined where all images are kept
 */
export function lifecyclePolicy({ keep }: EcrRepositorySettings): string | undefined {
  if (keep === 0) return undefined;
  const action = { type: 'expire' };
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `keep the newest ${keep} that have a tag`,
        selection: {
          tagStatus: 'tagged',
          tagPatternList: ['*'],
          countType: 'imageCountMoreThan',
          countNumber: keep,
        },
        action,
      },
      {
        rulePriority: 2,
        description: `remove what has no tag ${untaggedDays} days after its push`,
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: untaggedDays,
        },
        action,
      },
    ],
  });
}
