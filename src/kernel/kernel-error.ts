/** A kernel network that breaks a rule of the language: a defect of the unit that built it, or of the plan's parameters. */
export class KernelError extends Error {
  override get name(): string {
    return 'KernelError';
  }
}
