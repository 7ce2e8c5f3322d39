/** A body that says when it is over: read to its end, broken, or cancelled. */
export function watchedBody(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return;
          }
          over();
          controller.close();
        } catch (error) {
          over();
          throw error;
        }
      },
      cancel: async (reason) => {
        over();
        await reader.cancel(reason);
      },
    },
    // Nothing is read ahead of whoever reads this.
    { highWaterMark: 0 },
  );
}
