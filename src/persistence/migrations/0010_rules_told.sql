-- How far a tenant's directory has been looked through for rules of dependencies that open changes have to be judged by again.
alter table countersign.cascades add column directory_seq bigint not null default 0;
update countersign.cascades c set directory_seq = h.seq from countersign.directory_heads h where h.tenant_id = c.tenant_id;
grant update (seq, directory_seq) on countersign.cascades to countersign_app;
