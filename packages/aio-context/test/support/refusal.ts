/** The code and the message with which `callback` throws; null if it does not. */
export function refusalOf(callback: () => unknown): { code: unknown; message: unknown } | null {
  try {
    callback();
    return null;
  } catch (error) {
    const { code, message } = error as { code: unknown; message: unknown };
    return { code, message };
  }
}
