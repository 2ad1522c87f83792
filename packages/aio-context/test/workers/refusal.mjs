/** The code and the message with which `callback` throws; null if it does not. @param {() => unknown} callback */
export function refusalOf(callback) {
  try {
    callback();
    return null;
  } catch (error) {
    const { code, message } = /** @type {{ code?: string, message: string }} */ (error);
    return { code, message };
  }
}
