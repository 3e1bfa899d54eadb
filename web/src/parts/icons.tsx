/** The few signs the page needs, drawn here so that no font or package of signs has to be loaded. */
import type { ReactNode } from 'react';

function Sign({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const WorkSign = () => (
  <Sign>
    <path d="M4 13l3-8h10l3 8v6H4z" />
    <path d="M4 13h5a3 3 0 006 0h5" />
  </Sign>
);
export const BoardSign = () => (
  <Sign>
    <rect x="4" y="4" width="6" height="16" rx="1.500" />
    <rect x="14" y="4" width="6" height="10" rx="1.500" />
  </Sign>
);
export const WorkflowSign = () => (
  <Sign>
    <rect x="3" y="4" width="6" height="6" rx="1.500" />
    <rect x="15" y="14" width="6" height="6" rx="1.500" />
    <path d="M9 7h6a3 3 0 013 3v4" />
  </Sign>
);
export const OperationsSign = () => (
  <Sign>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3 2" />
  </Sign>
);
export const SunSign = () => (
  <Sign>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5" />
  </Sign>
);
export const MoonSign = () => (
  <Sign>
    <path d="M20 14.500A8 8 0 119.500 4a6.500 6.500 0 0010.500 10.500z" />
  </Sign>
);
export const PlaySign = () => (
  <Sign>
    <path d="M7 5l12 7-12 7z" />
  </Sign>
);
export const PauseSign = () => (
  <Sign>
    <path d="M8 5v14M16 5v14" />
  </Sign>
);
export const MoreSign = () => (
  <Sign>
    <path d="M5 12h.01M12 12h.01M19 12h.01" />
  </Sign>
);
