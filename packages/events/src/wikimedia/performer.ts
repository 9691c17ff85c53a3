import { isIP } from 'node:net'
import type { z } from 'zod'
import type { EditInput, PerformerKind } from '../edit.ts'
import type { userSchema } from './mapped.ts'

type PerformerInput = NonNullable<EditInput['performer']>

export function performerOf(user: z.infer<typeof userSchema> | undefined): PerformerInput | null {
  if (user?.user_text === undefined || user.user_text === '') return null
  return {
    kind: kindOf(user.user_text, user),
    name: user.user_text,
    id: user.user_id || null,
    isSystem: user.is_system ?? false,
    groups: user.groups ?? user.user_groups ?? [],
    editCount: user.edit_count ?? user.user_edit_count ?? null,
    registeredAt: user.registration_dt ?? user.user_registration_dt ?? null,
  }
}

/** What a bare user name tells: `recentchange` has nothing else. */
export function performerNamed(name: string, isBot: boolean): PerformerInput {
  return { kind: kindOf(name, { is_bot: isBot }), name }
}

/** Names of temporary accounts: https://www.mediawiki.org/wiki/Trust_and_Safety_Product/Temporary_Accounts */
const TEMPORARY_NAME = /^~2\d{3}-\d/

function kindOf(name: string, user: z.infer<typeof userSchema>): PerformerKind {
  if (user.is_bot || user.user_is_bot) return 'bot'
  if (user.is_temp || TEMPORARY_NAME.test(name)) return 'temporary'
  return isIP(name) > 0 ? 'anonymous' : 'registered'
}
