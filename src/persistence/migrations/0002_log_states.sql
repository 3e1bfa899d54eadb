-- The states a log row tells of are read back whole and never looked into here: as text they cost a commit less, and keep
-- the author's order of regions.
alter table countersign.workflow_transitions
  alter column from_state type json using from_state::json,
  alter column to_state type json using to_state::json;
