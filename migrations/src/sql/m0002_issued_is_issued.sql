-- Issued documents never change (R-05, B-17): neither their figures nor their lines nor their bytes. What happens to a
-- document afterwards is its status and its version; everything else is refused here, whoever asks.

-- only sqlite
CREATE TRIGGER invoice_issued_update BEFORE UPDATE ON invoice
WHEN OLD.status <> 'preview' AND (
  NEW.status = 'preview' OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.tenant_id IS NOT OLD.tenant_id
  OR NEW.period IS NOT OLD.period OR NEW.revision IS NOT OLD.revision OR NEW.number IS NOT OLD.number
  OR NEW.currency IS NOT OLD.currency OR NEW.net_minor IS NOT OLD.net_minor OR NEW.tax_minor IS NOT OLD.tax_minor
  OR NEW.total_minor IS NOT OLD.total_minor OR NEW.tax_treatment IS NOT OLD.tax_treatment
  OR NEW.tax_label IS NOT OLD.tax_label OR NEW.tax_rate IS NOT OLD.tax_rate
  OR NEW.payment_terms_days IS NOT OLD.payment_terms_days OR NEW.issued_at IS NOT OLD.issued_at
  OR NEW.issued_on IS NOT OLD.issued_on OR NEW.due_on IS NOT OLD.due_on OR NEW.unpriced_rows IS NOT OLD.unpriced_rows
  OR NEW.blockers IS NOT OLD.blockers OR NEW.snapshot IS NOT OLD.snapshot
  OR NEW.override_reason IS NOT OLD.override_reason OR NEW.generated_at IS NOT OLD.generated_at
  OR NEW.created_at IS NOT OLD.created_at)
BEGIN
  SELECT RAISE(ABORT, 'an issued document does not change');
END;
-- end
CREATE TRIGGER invoice_issued_delete BEFORE DELETE ON invoice WHEN OLD.status <> 'preview'
BEGIN
  SELECT RAISE(ABORT, 'an issued document is not deleted');
END;
-- end
CREATE TRIGGER invoice_line_issued_insert BEFORE INSERT ON invoice_line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = NEW.invoice_id AND status <> 'preview')
BEGIN
  SELECT RAISE(ABORT, 'an issued document does not change');
END;
-- end
CREATE TRIGGER invoice_line_issued_update BEFORE UPDATE ON invoice_line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id IN (OLD.invoice_id, NEW.invoice_id) AND status <> 'preview')
BEGIN
  SELECT RAISE(ABORT, 'an issued document does not change');
END;
-- end
CREATE TRIGGER invoice_line_issued_delete BEFORE DELETE ON invoice_line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = OLD.invoice_id AND status <> 'preview')
BEGIN
  SELECT RAISE(ABORT, 'an issued document does not change');
END;
-- end
CREATE TRIGGER stored_document_update BEFORE UPDATE ON stored_document
BEGIN
  SELECT RAISE(ABORT, 'a stored document does not change');
END;
-- end
CREATE TRIGGER stored_document_delete BEFORE DELETE ON stored_document
BEGIN
  SELECT RAISE(ABORT, 'a stored document is not deleted');
END;
-- end

-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'an issued document does not change' USING ERRCODE = 'check_violation';
END
$body$;
-- end
CREATE TRIGGER invoice_issued_update BEFORE UPDATE ON invoice FOR EACH ROW
WHEN (OLD.status <> 'preview' AND (
  NEW.status = 'preview' OR
  ROW(NEW.id, NEW.kind, NEW.tenant_id, NEW.period, NEW.revision, NEW.number, NEW.currency, NEW.net_minor, NEW.tax_minor,
      NEW.total_minor, NEW.tax_treatment, NEW.tax_label, NEW.tax_rate, NEW.payment_terms_days, NEW.issued_at,
      NEW.issued_on, NEW.due_on, NEW.unpriced_rows, NEW.blockers, NEW.snapshot, NEW.override_reason, NEW.generated_at,
      NEW.created_at)
  IS DISTINCT FROM
  ROW(OLD.id, OLD.kind, OLD.tenant_id, OLD.period, OLD.revision, OLD.number, OLD.currency, OLD.net_minor, OLD.tax_minor,
      OLD.total_minor, OLD.tax_treatment, OLD.tax_label, OLD.tax_rate, OLD.payment_terms_days, OLD.issued_at,
      OLD.issued_on, OLD.due_on, OLD.unpriced_rows, OLD.blockers, OLD.snapshot, OLD.override_reason, OLD.generated_at,
      OLD.created_at)))
EXECUTE FUNCTION refuse_change();
-- end
CREATE TRIGGER invoice_issued_delete BEFORE DELETE ON invoice FOR EACH ROW
WHEN (OLD.status <> 'preview') EXECUTE FUNCTION refuse_change();
-- end
CREATE FUNCTION refuse_change_of_issued_line() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM invoice WHERE id = OLD.invoice_id AND status <> 'preview') THEN
    RAISE EXCEPTION 'an issued document does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM invoice WHERE id = NEW.invoice_id AND status <> 'preview') THEN
    RAISE EXCEPTION 'an issued document does not change' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$body$;
-- end
CREATE TRIGGER invoice_line_issued BEFORE INSERT OR UPDATE OR DELETE ON invoice_line FOR EACH ROW
EXECUTE FUNCTION refuse_change_of_issued_line();
-- end
CREATE TRIGGER stored_document_kept BEFORE UPDATE OR DELETE ON stored_document FOR EACH ROW
EXECUTE FUNCTION refuse_change();
-- end
