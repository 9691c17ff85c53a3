import type { FastifyInstance } from 'fastify'
import type { Intake } from '../intake.ts'
import { acceptItems, type BodyBounds } from './body.ts'
import { editsRoute } from './edits.ts'
import { eventsRoute } from './events.ts'
import { answerIntakeError } from './intake-error.ts'

/** Everything that takes edits in over HTTP, with the same bounds and the same errors. */
export function intakeRoutes(app: FastifyInstance, intake: Intake, bounds: BodyBounds): void {
  app.register(async (scope) => {
    acceptItems(scope, bounds)
    scope.setErrorHandler(answerIntakeError(bounds))
    editsRoute(scope, intake)
    eventsRoute(scope, intake)
  })
}
