import { WriterLock } from '../writer-lock.ts'

/** Takes the lock of the folder that it is given, says so, and keeps it until it is killed. */
const lock = WriterLock.acquire(process.argv[2] ?? '')
process.stdout.write('locked\n')
setInterval(() => lock, 60_000)
