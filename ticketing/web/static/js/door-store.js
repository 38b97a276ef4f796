// What a device keeps: the evening, its gate, and the scans that the house has not confirmed. Nothing of it is lost
// when the page is closed or the battery dies: a scan is written down before its verdict is shown.
const NAME = "ticketing-door";

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Opens the store. Rejects where the browser keeps nothing, as some do in private windows. */
export async function openStore() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("kept");
    opening.result.createObjectStore("waiting", { keyPath: "place", autoIncrement: true });
  };
  const base = await answered(opening);
  // Asks that the browser throws this away last of all.
  navigator.storage?.persist?.();

  async function write(store, change) {
    const transaction = base.transaction(store, "readwrite", { durability: "strict" });
    const done = finished(transaction);
    const result = change(transaction.objectStore(store));
    await done;
    return result?.result;
  }

  return {
    read: (key) => answered(base.transaction("kept").objectStore("kept").get(key)),
    keep: (key, value) => write("kept", (store) => store.put(value, key)),
    /** Writes a scan down, behind those before it; answers its place. */
    add: (scan) => write("waiting", (store) => store.add(scan)),
    change: (scan) => write("waiting", (store) => store.put(scan)),
    remove: (places) => write("waiting", (store) => void places.forEach((place) => store.delete(place))),
    waiting: () => answered(base.transaction("waiting").objectStore("waiting").getAll()),
  };
}
