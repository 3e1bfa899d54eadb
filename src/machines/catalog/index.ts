/** The workflows that come with the product, by name. They are deployed like anybody else's. */
import { basicApproval } from './basic-approval.ts';
import { parallelReview } from './parallel-review.ts';
import { reviewHistory } from './review-history.ts';
import { securityCodeReview } from './security-code-review.ts';

/** Sources, in the author's grammar. */
export const catalog = {
  BasicApproval: basicApproval,
  SecurityCodeReview: securityCodeReview,
  ParallelReview: parallelReview,
  ReviewHistory: reviewHistory,
} as const;
