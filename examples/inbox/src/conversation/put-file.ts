/** Sends a file's bytes to its address. `progress` is between 0 and 1. Rejects where they did not arrive. */
export function putFile(url: string, file: File, contentType: string, progress: (part: number) => void): Promise<void> {
  // `fetch` does not tell how much it has sent.
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("content-type", contentType);
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Error(`The gateway answered ${request.status} to a file.`));
    request.onerror = () => reject(new Error("The file did not arrive."));
    request.send(file);
  });
}
