// The camera: reads QR codes from it for as long as it runs, each once while it stays before the lens.
const BETWEEN_FRAMES_MS = 60;
// A code that blurs for a moment is still the same one; taken away for this long, it is shown anew.
const GONE_AFTER_MS = 2500;

async function makeDetector(reader, module) {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    return new BarcodeDetector({ formats: ["qr_code"] });
  }
  if (!reader) return null;
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = reader;
    script.onload = resolve;
    script.onerror = () => reject(new Error("no reader"));
    document.head.append(script);
  });
  // By itself it would fetch its module from elsewhere.
  BarcodeDetectionAPI.setZXingModuleOverrides({ locateFile: () => module });
  return new BarcodeDetectionAPI.BarcodeDetector({ formats: ["qr_code"] });
}

/**
 * Starts the camera in `video`, calling `seen` with each code. Rejects where there is no camera, where it may not be
 * used, and where nothing here reads codes. `reader` and `module` are the addresses of our own reader, if it is there.
 */
export async function startCamera(video, seen, { reader, module }) {
  const detector = await makeDetector(reader, module);
  if (detector === null) throw new Error("nothing reads codes");
  const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  const [track] = stream.getVideoTracks();
  video.srcObject = stream;
  await video.play().catch((error) => {
    track.stop();
    throw error;
  });
  const before = new Map();
  let running = true;

  async function look() {
    if (!running) return;
    try {
      // A frame in which nothing can be read is nothing unusual.
      const found = video.readyState >= 2 && !document.hidden ? await detector.detect(video) : [];
      const now = performance.now();
      for (const { rawValue } of found) {
        const last = before.get(rawValue);
        before.set(rawValue, now);
        if (last === undefined || now - last > GONE_AFTER_MS) seen(rawValue);
      }
      for (const [code, last] of before) if (now - last > GONE_AFTER_MS) before.delete(code);
    } catch (error) {
      console.warn("frame", error);
    }
    setTimeout(look, BETWEEN_FRAMES_MS);
  }
  look();

  return {
    is_gone: () => track.readyState === "ended",
    has_torch: Boolean(track.getCapabilities?.().torch),
    torch: (on) => track.applyConstraints({ advanced: [{ torch: on }] }),
    stop() {
      running = false;
      track.stop();
      video.srcObject = null;
    },
  };
}
