/** The audit can't go on, for a reason that its user can remove; started again, it does. */
export class AuditBlocked extends Error {
  override readonly name = 'AuditBlocked'
}
