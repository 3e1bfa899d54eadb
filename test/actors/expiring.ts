/** A workflow that ends by itself: open, and after five seconds expired, unless somebody closes it. */
import { workflow } from '../../src/machines/workflow.ts';

export const expiring = workflow({
  name: 'Expiring',
  roles: ['developer'],
  triggers: ['close'],
  initial: 'Open',
  states: { Open: {}, Expired: { final: 'withdrawn' }, Closed: { final: 'applied' } },
  transitions: {
    'Open -> Expired': { after: '5s' },
    'Open -> Closed': { trigger: 'close', role: 'developer' },
  },
});
