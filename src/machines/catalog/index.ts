/** The workflows that come with the product, by name. They are deployed like anybody else's. */
import { basicApproval } from './basic-approval.ts';
import { changeControl } from './change-control.ts';
import { emergency } from './emergency.ts';
import { enterpriseApproval } from './enterprise-approval.ts';
import { itilChange } from './itil-change.ts';
import { parallelReview } from './parallel-review.ts';
import { recordApproval } from './record-approval.ts';
import { reviewHistory } from './review-history.ts';
import { securityCodeReview } from './security-code-review.ts';

/** Sources, in the author's grammar. */
export const catalog = {
  BasicApproval: basicApproval,
  SecurityCodeReview: securityCodeReview,
  ParallelReview: parallelReview,
  EnterpriseApproval: enterpriseApproval,
  Emergency: emergency,
  ChangeControl: changeControl,
  RecordApproval: recordApproval,
  ItilChange: itilChange,
  ReviewHistory: reviewHistory,
} as const;
