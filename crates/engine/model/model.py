#!/usr/bin/env python3
"""Explicit-state check of the deployment transaction (DESIGN section 6). Plain Python 3, no dependencies.
Run check.py (search, properties of whole runs); outcomes.py prints the table of OUTCOMES.md.

One state = (phase, decision record, app alive, disturbances left, foreign actions left, devices).
App steps are deterministic given what the app has read; everything else is the environment.
"""
import itertools

# ---- configuration text as bits -------------------------------------------------------------------
A, B = 1, 2             # our two lines on a device
F, X = 4, 8             # foreign lines: F unrelated, X overwrites our line A (same leaf)
OURS, FOREIGN = A | B, F | X
EMPTY = (0, 0)          # a candidate is (lines added, lines deleted)

# ---- fields of a device ---------------------------------------------------------------------------
(RUN, PREV, PEND, CA, CF, HIST, STALE, GHOST, UP, SESS,             # the device itself
 PC, REP, NOTE, J, FRESH, BASE, DIRTY, MON, CHECK) = range(19)     # the app's view; DIRTY, MON: monitors only
# PEND = () or (owner, time left 2|1, text before, 'fwd'|'rev', added, deleted, len(HIST) before it)
# HIST = commits since preflight: o ours, w ours plus foreign lines, R our reverse, W reverse plus foreign lines,
#        c our confirm that carried foreign lines, f foreign, g foreign carrying our lines, r automatic or asked revert
# GHOST = () or (command, candidate of that session): sent on a session that we lost, still alive on the device
# CHECK = the checks of a re-apply: '' none wanted or passed, 'due', 'failed'
# J = journal: 0 nothing sent, 1 prepare intent, 2 arm intent, 3 our success line seen
# NOTE: what the report says besides the state
RIDE, OTHER, TOUCH, LOST, BLOCK, NOTIMER, LATE, ANN, UNCHECKED = (1 << i for i in range(9))
NOTES = {RIDE: 'foreign lines rode along', OTHER: 'another committed', TOUCH: 'another changed our object',
         LOST: "another's commit was undone", BLOCK: "another's candidate lines are in the way",
         NOTIMER: 'live without timer', LATE: 'expired after the record', ANN: 'loss announced with deadline', UNCHECKED: 're-applied lines failed a check'}
# MON: what really happened, hidden from the app
M_RIDE, M_LOSS, M_UNSEEN, M_FPEND, M_SEEN, M_AVOID = 1, 2, 4, 8, 16, 32

MARKS = M_RIDE | M_LOSS | M_FPEND             # what no check of ours can prevent (see README, races)
REASONS = TOUCH | BLOCK | LATE | UNCHECKED

CMDS = {'p2': 'line A', 'p3': 'line B', 'a2': 'commit confirm', 'c2': 'commit', 'y2': 'commit', 'z2': 'commit',
        'k1': 'clean', 'x1': 'clear', 'q2': 'reverse lines', 'q4': 'commit confirm reverse', 'm2': 'lines',
        'm4': 'commit confirm'}
STEP = {'pf': 'preflight read', 'p1': 'configure, candidate empty', 'p4': 'compare, check', 'a1': 're-check before arming',
        'a3': 'prove armed', 'v1': 'verify on a fresh session', 'd1': 'decide check', 'c1': 'complete: probe',
        'r0': 'resolve: fresh session', 'r1': 'resolve: probe', 'r3': 'resolve: candidate read', 'y1': 'candidate empty before confirm',
        'q1': 'candidate empty before reverse', 'q3': 'compare reverse, no pending', 'm1': 'candidate empty before re-apply',
        'm3': 'compare re-apply', 'm5': 'complete: checks of the re-apply', 's1': 'settle: last read', 'z1': 'candidate empty before confirming the reverse'}
ALL_FIXES = frozenset('session reverse-lines ownership head barrier ride recheck leftover'.split())


class Violation(Exception):
    pass


def put(d, *kv):
    d = list(d)
    for i in range(0, len(kv), 2):
        d[kv[i]] = kv[i + 1]
    return tuple(d)


class Dialect:
    def __init__(self, scope, kept, login, asked, foreign, revert, reboot, arms):
        self.scope, self.kept, self.login, self.asked = scope, kept, login, asked
        self.foreign, self.revert, self.reboot, self.arms = foreign, revert, reboot, arms
        self.shared = scope == 'device' or (scope == 'user' and login == 'same')

    def __str__(self):
        return (f"scope={self.scope}/{'kept' if self.kept else 'lost'} login={self.login} out-of-sync={'asked' if self.asked else 'merged'} "
                f"foreign-commit={self.foreign} revert={self.revert} reboot={self.reboot} arms={'yes' if self.arms else 'silently not'}")


def dialects():
    for scope, kept in (('session', False), ('user', True), ('user', False), ('device', True), ('device', False)):
        for login in ('same', 'other'):
            shared = scope == 'device' or (scope == 'user' and login == 'same')
            for asked in ((False,) if shared else (True, False)):   # a shared candidate has no second base to be out of sync with
                yield Dialect(scope, kept, login, asked, 'confirms', 'text-before', 'keeps', False)  # nothing is ever pending
                for foreign, revert in (('confirms', 'text-before'), ('leaves', 'text-before'), ('leaves', 'own-delta'), ('leaves', 'last-commit')):
                    for reboot in ('keeps', 'drops', 'reverts'):
                        yield Dialect(scope, kept, login, asked, foreign, revert, reboot, True)


# ---- the device -----------------------------------------------------------------------------------
class Model:
    def __init__(self, dia, devices, budget, foreign, fixes=ALL_FIXES, full=False):
        self.dia, self.n, self.budget, self.foreign, self.fixes, self.full = dia, devices, budget, foreign, fixes, full

    def initial(self):
        d = [None] * 19
        for k, v in ((RUN, 0), (PREV, 0), (PEND, ()), (CA, EMPTY), (CF, EMPTY), (HIST, ''), (STALE, 0), (GHOST, ()), (UP, 1), (SESS, 0),
                     (PC, 'pf'), (REP, ''), (NOTE, 0), (J, 0), (FRESH, 0), (BASE, 0), (DIRTY, 0), (MON, 0), (CHECK, '')):
            d[k] = v
        return ('P', 0, 1, self.budget, self.foreign, (tuple(d),) * self.n)

    def reverted(self, d, by_us):
        """The pending entry is undone: by its timer, by `clear`, by a reboot. The entry may vanish from the list or gain a successor."""
        owner, _, before, what, add, dele, at = d[PEND]
        on_top = len(d[HIST]) > at + 1
        mode = self.dia.revert
        if mode == 'text-before' or not on_top:
            run = before
        elif mode == 'own-delta':
            run = (d[RUN] & ~add) | (dele & before)
        else:
            run = d[PREV]
        gone = d[RUN] & ~run & FOREIGN
        if owner == 'f' and not by_us:
            gone = 0                                        # their own timer on their own commits
        d = put(d, PREV, d[RUN], RUN, run, PEND, (), FRESH, 0)
        if gone:
            if by_us and not d[DIRTY]:
                raise Violation('P3: our `clear` removed a foreign line that our last read could see')
            if not by_us and d[MON] & M_SEEN and not d[NOTE] & ANN:
                raise Violation('P3: the timer undid a foreign line that the app had seen and not announced')
            d = put(d, MON, d[MON] | M_LOSS)
            if d[SESS] and by_us:
                d = put(d, NOTE, d[NOTE] | LOST)          # the broadcast of their commit reached this session
        h = d[HIST]
        left = h[:at] if mode == 'text-before' or not on_top else h[:at] + h[at + 1:] if mode == 'own-delta' else h[:-1]
        pop = put(d, HIST, left)
        if (gone or d[MON] & M_RIDE) and (set(h) - set(left)) & set('fgwWc'):
            pop = put(pop, MON, pop[MON] | M_UNSEEN)       # no entry is left that could tell
        return [pop, put(d, HIST, d[HIST] + 'r')]

    def commit(self, d, cand, confirm, what):
        """Our commit. Returns [(device, answer)]; the caller clears the candidate slot it came from."""
        add, dele = cand
        if add == 0 and dele == 0:
            if confirm or not d[PEND]:
                return [(d, 'notice')]
            if d[PEND][0] == 'f' and (d[PEND][4] & ~OURS or d[PEND][5] & ~OURS):
                if not d[DIRTY]:
                    raise Violation("P4: our `commit` confirmed another's pending commit")
                d = put(d, MON, d[MON] | M_FPEND)
            return [(put(d, PEND, (), FRESH, 0), 'ok')]
        if confirm and d[PEND]:
            return [(d, 'refused')]
        if d[STALE] and self.dia.asked:
            return [(d, 'out of sync')]
        if len(d[HIST]) > 10:
            raise Violation('P5: the app commits again and again')
        carried = (add | dele) & FOREIGN
        if carried:
            if not d[DIRTY]:
                raise Violation("P4: our commit carried foreign candidate lines that our last compare could see")
            d = put(d, MON, d[MON] | M_RIDE)
        run = (d[RUN] & ~dele) | add
        letter = {'fwd': 'ow', 'rev': 'RW', 'confirm': 'cc'}[what][1 if carried else 0]
        at, before = len(d[HIST]), d[RUN]
        d = put(d, PREV, d[RUN], RUN, run, HIST, d[HIST] + letter, STALE, 0)
        if confirm and self.dia.arms:
            d = put(d, PEND, ('o', 2, before, what, add, dele, at))
        elif not confirm and d[PEND] and self.dia.foreign == 'confirms':
            d = put(d, PEND, (), FRESH, 0)
        return [(d, 'ok')]

    def execute(self, d, cmd, cand=None):
        """One command of ours on the device: [(device, answer)]. `cand` given = a lost session's own candidate."""
        own = cand is not None
        c = cand if own else d[CA]
        keep = (lambda e, v: e) if own else (lambda e, v: put(e, CA, v, *((STALE, 0) if v == EMPTY else ())))
        if cmd == 'line A':
            return [(keep(d, (c[0] | A, c[1])), 'ok')]
        if cmd == 'line B':
            return [(keep(d, (c[0] | B, c[1])), 'ok')]
        if cmd == 'lines':
            return [(keep(d, (c[0] | OURS, c[1])), 'ok')]
        if cmd == 'reverse lines':
            return [(keep(d, (c[0] & ~OURS, c[1] | (d[RUN] & OURS))), 'ok')]
        if cmd == 'clean':
            if 'reverse-lines' not in self.fixes and d[NOTE] & BLOCK == 0:      # as written: `rollback 0` when compare showed only ours
                if (c[0] | c[1]) & FOREIGN:
                    raise Violation('P3: our `rollback 0` dropped a foreign candidate line added after our compare')
                return [(keep(d, EMPTY), 'ok')]
            return [(keep(d, (c[0] & ~OURS, c[1] & ~OURS | (A if c[0] & X else 0))), 'ok')]
        if cmd == 'clear':
            if not d[PEND]:
                return [(d, 'error')]
            if d[PEND][0] == 'f' and (d[PEND][4] | d[PEND][5]) & FOREIGN:
                if not d[DIRTY]:
                    raise Violation("P4: our `clear` cancelled another's pending commit")
                d = put(d, MON, d[MON] | M_FPEND)
            return [(e, 'ok') for e in self.reverted(d, True)]
        what = {'commit confirm': 'fwd', 'commit confirm reverse': 'rev', 'commit': 'confirm'}[cmd]
        return [(keep(e, EMPTY) if a == 'ok' else e, a) for e, a in self.commit(d, c, what != 'confirm', what)]

    def hang_up(self, d, ghost=None):
        """Our session ends on this device: what happens to the candidate is a dialect."""
        d = put(d, SESS, 0, FRESH, 0)
        if ghost:
            if self.dia.scope == 'session':
                return [put(d, GHOST, (ghost, d[CA]), CA, EMPTY, STALE, 0)]
            return [put(d, GHOST, (ghost, None))]
        if self.dia.scope == 'session':
            return [put(d, CA, EMPTY, STALE, 0)]
        if self.dia.kept or d[CA] == EMPTY:
            return [d]
        gone = put(d, CA, EMPTY, STALE, 0)
        if self.dia.shared:                                 # it dies with the last session on it; another may still hold one
            return [d] if d[CA][0] & FOREIGN else [d, gone]
        return [gone]

    # ---- what the app concludes from a read -------------------------------------------------------
    def ours(self, d):
        """Is the pending entry provably ours? Returns '', 'ours', 'under' (foreign entry on top), 'ride' (ours plus foreign lines)."""
        if not d[PEND]:
            return ''
        owner, _, _, what, add, dele, at = d[PEND]
        on_top = len(d[HIST]) > at + 1
        extra = (add | dele) & FOREIGN
        if owner == 'f':
            # same login, same lines, and no success line of ours to tell them apart: harmless, it is exactly our delta
            return 'ours' if self.dia.login == 'same' and not extra and d[J] == 2 and not on_top and 'ownership' in self.fixes else ''
        if 'ownership' not in self.fixes and (on_top or d[J] < 3):
            return ''
        if extra:
            return 'ride' if 'ride' in self.fixes else ''
        return 'under' if on_top else 'ours'

    def observe(self, d):
        n, h = d[NOTE], d[HIST]
        if set(h) & set('wWc'):
            n |= RIDE
        if set(h) & set('fg'):
            n |= OTHER
        if d[MON] & M_LOSS and not d[MON] & M_UNSEEN:
            n |= LOST                                       # the list still shows their entry followed by the revert
        mon = d[MON]
        if d[PEND] and d[PEND][0] == 'o' and (len(h) > d[PEND][6] + 1 or (d[PEND][4] | d[PEND][5]) & FOREIGN and d[PEND][3] == 'fwd'):
            if self.ours(d) in ('under', 'ride'):
                n |= ANN                                    # the text is saved and the card names the deadline
            else:
                mon |= M_SEEN
        if d[RUN] & X:
            n |= TOUCH
        return put(d, NOTE, n, DIRTY, 0, SESS, 1, MON, mon)

    def old_session(self, d):
        return bool(d[GHOST]) and ('session' in self.fixes or d[GHOST][0] == 'running')

    # ---- the app: one step on one device; returns ('dev', [(label, device)]) or ('abort', why, device) --------
    def step(self, ph, d):
        pc = d[PC]
        cand = d[CA]
        if pc in CMDS:
            out = []
            for e, ans in self.execute(d, CMDS[pc]):
                if pc == 'a2':
                    if ans != 'ok':
                        return 'abort', f'`commit confirm` answered {ans}', e
                    e = put(e, PC, 'a3', J, 3)
                elif pc == 'p2' or pc == 'p3':
                    e = put(e, PC, 'p3' if pc == 'p2' else 'p4')
                elif pc in ('q2', 'm2'):
                    e = put(e, PC, pc[0] + '3')
                elif pc in ('q4', 'm4'):
                    e = put(e, PC, 'r1' if pc == 'q4' else 'c1', J, 3 if ans == 'ok' else d[J], FRESH, 1 if ans == 'ok' else 0,
                            CHECK, 'due' if pc == 'm4' and ans == 'ok' and 'recheck' in self.fixes else e[CHECK])
                else:
                    e = put(e, PC, 'c1' if ph == 'C' else 'r1')
                out.append((f'`{CMDS[pc]}`: {ans}', put(e, DIRTY, 0)))
            return 'dev', out
        if not d[UP]:
            if ph in 'PAVD':
                return 'abort', 'unreachable', d
            rep = 'old, candidate not proven clean' if d[J] == 1 else 'unknown'
            return 'dev', [('unreachable', put(d, REP, 'old' if d[J] == 0 else rep, *((PC, 'end') if d[J] == 0 else ())))]
        e = self.observe(d)
        say = lambda *kv: ('dev', [(STEP[pc], put(e, *kv))])
        if pc == 'pf':
            if d[PEND]:
                return 'abort', 'something is pending already', d
            return say(PC, 'p1', BASE, d[RUN], PREV, 0, HIST, '', NOTE, 0)
        if pc == 'p1':
            if cand != EMPTY:
                return 'abort', 'candidate not empty', put(e, NOTE, e[NOTE] | BLOCK)
            return say(PC, 'p2', J, 1)
        if pc in ('p4', 'a1'):
            if cand != (OURS, 0) or d[HIST] or d[PEND] or (d[STALE] and self.dia.asked):
                return 'abort', 'compare, head or pending is not as expected', e
            return say(PC, 'bP') if pc == 'p4' else say(PC, 'a2', J, 2)
        if pc == 'a3':
            if self.ours(d) != 'ours':
                return 'abort', 'not armed, or not ours alone', e
            return 'dev', [('proven armed, session closed', put(x, PC, 'bA')) for x in self.hang_up(e)]
        if pc == 'v1':
            if self.ours(d) == 'ours' and d[RUN] == d[BASE] | OURS:
                return say(PC, 'bV')
            if not d[PEND] and d[RUN] & OURS == OURS and not d[RUN] & X and set(d[HIST]) & set('fg') and not RIDE & e[NOTE]:
                return say(PC, 'bV', NOTE, e[NOTE] | NOTIMER)       # confirmed by another, Verify holds
            return 'abort', 'verify failed', e
        if pc == 'd1':
            live = not d[PEND] and d[RUN] & OURS == OURS and not d[RUN] & X
            armed = self.ours(d) == 'ours' and d[PEND][1] == 2
            if not (live or armed) or ('barrier' in self.fixes and cand != EMPTY):
                return 'abort', 'pending, time left or candidate is not as needed', e
            return say(PC, 'bD', FRESH, 1 if armed else 0, MON, e[MON] | (M_AVOID if cand != EMPTY else 0))
        if pc == 'r0':
            if d[J] == 0 or 'mutant: a lost answer means not done' in self.fixes and d[J] == 2:
                return 'dev', [('nothing was sent here', put(d, REP, 'old', PC, 'end', SESS, 0))]
            return 'dev', [(STEP[pc], put(x, PC, 'r1')) for x in self.hang_up(d)]
        return self.complete(pc, e, say) if ph == 'C' else self.resolve(pc, e, say)

    def blocked(self, pc, e, say, rep, again):
        """Before any commit of ours the candidate must be empty. Ours: clean. Another's: wait, say so."""
        if (e[CA][0] | e[CA][1]) & OURS and not (e[CA][0] & X and not e[CA][0] & OURS and not e[CA][1] & B):
            return say(PC, 'k1', NOTE, e[NOTE] | (BLOCK if (e[CA][0] | e[CA][1]) & FOREIGN else 0))
        return say(PC, again, REP, rep, NOTE, e[NOTE] | BLOCK, FRESH, 0)

    def complete(self, pc, e, say):                        # the record says confirm
        if pc in ('m1', 'm3'):
            if e[PEND] or e[RUN] & OURS:
                return say(PC, 'c1')
            if pc == 'm1':
                return say(PC, 'm2') if e[CA] == EMPTY else self.blocked(pc, e, say, 'old', 'm1')
            return say(PC, 'm4', J, 2) if e[CA] == (OURS, 0) and not (e[STALE] and self.dia.asked) else say(PC, 'k1', NOTE, e[NOTE] | BLOCK)
        have = e[RUN] & OURS
        if pc == 's1':                                      # the last read is judged: what another changed since is theirs
            if have == OURS:
                return say(REP, 'new', PC, 'end')
            return say(REP, 'live without timer' if have else 'old', PC, 'end', NOTE, e[NOTE] | TOUCH)
        if pc == 'm5':                                      # a fresh session sends nothing; a check that fails is a disturbance
            return say(PC, 'c1', CHECK, '')
        assert pc == 'c1', pc
        check = e[CHECK] if have == OURS and not e[RUN] & X else ''
        if self.old_session(e) and not (e[PEND] and self.ours(e)):    # confirming twice is harmless, re-applying beside it is not
            return say(REP, 'unknown', FRESH, 0)
        if e[PEND]:
            if self.ours(e):
                if check == 'due':
                    return say(PC, 'm5', FRESH, 1 if e[PEND][1] == 2 else e[FRESH])     # takes less than half the window, as the estimate says
                if check == 'failed':                       # not confirmed; the device's own timer takes it back
                    return say(REP, 'pending', FRESH, 0)
                if e[CA] != EMPTY and 'mutant: confirm with a full candidate' not in self.fixes:
                    return self.blocked(pc, e, say, 'pending', 'c1')
                return say(PC, 'c2', FRESH, 1 if e[PEND][1] == 2 else e[FRESH])
            return say(REP, 'unknown', FRESH, 0)
        if self.mine(e) and 'leftover' in self.fixes:       # nothing of ours stays in a candidate, whoever holds the object
            return say(PC, 'k1', NOTE, e[NOTE] | (BLOCK if (e[CA][0] | e[CA][1]) & FOREIGN else 0))
        if check == 'due':
            return say(PC, 'm5', FRESH, 0)
        if check == 'failed':
            return say(REP, 'live without timer', PC, 'end', NOTE, e[NOTE] | UNCHECKED)
        if 'mutant: recorded means new' in self.fixes:
            return say(REP, 'new', PC, 'end')
        if have == OURS:
            return say(PC, 's1')
        if have or e[RUN] & X:
            return say(REP, 'live without timer' if have else 'old', PC, 'end', NOTE, e[NOTE] | TOUCH)
        if e[CHECK] == 'failed':
            return say(REP, 'old', PC, 'end', NOTE, e[NOTE] | UNCHECKED)
        return say(PC, 'm1', NOTE, e[NOTE] | LATE)

    @staticmethod
    def mine(e):
        """Lines of ours in the candidate."""
        return e[CA][0] & OURS or e[CA][1] & B or (e[CA][1] & A and not e[CA][0] & X)

    def resolve(self, pc, e, say):                         # no record: back to old
        have = e[RUN] & OURS
        if pc == 'r1':
            if self.old_session(e):
                return say(REP, 'old, candidate not proven clean' if e[J] == 1 and not have and not e[PEND] else 'unknown', FRESH, 0)
            own = self.ours(e)
            if e[PEND] and 'mutant: cancel whatever is pending' in self.fixes:
                return say(PC, 'x1')
            if own:
                if e[PEND][3] == 'rev':
                    return say(PC, 'z1')
                if own == 'ours':
                    return say(PC, 'x1')
                if own == 'under':
                    return say(PC, 'y1')
                return say(REP, 'pending', FRESH, 0)          # ride-along: announced, the device's timer takes it back
            if e[PEND]:
                return say(REP, 'live without timer' if have else 'unknown', FRESH, 0)
            return say(PC, 'q1', NOTE, e[NOTE] | NOTIMER) if have else say(PC, 'r3')
        if pc == 'r3':
            if e[HIST] and 'head' not in self.fixes:
                return say(REP, 'unknown')                     # as written: the head moved, so never old
            if have or e[PEND]:
                return say(PC, 'r1')
            if self.mine(e) and 'mutant: old without candidate read' not in self.fixes:
                return say(PC, 'k1', NOTE, e[NOTE] | (BLOCK if (e[CA][0] | e[CA][1]) & FOREIGN else 0))
            return say(REP, 'old', PC, 'end', SESS, 0)
        if pc in ('y1', 'z1'):
            if not self.ours(e):
                return say(PC, 'r1')
            if e[CA] != EMPTY:
                return self.blocked(pc, e, say, 'pending', pc)
            return say(PC, pc[0] + '2', FRESH, 1 if e[PEND][1] == 2 else e[FRESH])
        if pc == 'q1':
            if e[PEND] or not have:
                return say(PC, 'r1')
            return say(PC, 'q2') if e[CA] == EMPTY or 'mutant: reverse over a full candidate' in self.fixes else self.blocked(pc, e, say, 'live without timer', 'q1')
        assert pc == 'q3', pc
        good = (e[CA] == (0, have) or 'mutant: reverse over a full candidate' in self.fixes) and have and not e[PEND] and not (e[STALE] and self.dia.asked)
        return say(PC, 'q4', J, 2) if good else say(PC, 'k1', NOTE, e[NOTE] | BLOCK)

    # ---- successors -------------------------------------------------------------------------------
    def abort(self, devs):
        return tuple(d if d[PC] == 'end' else put(d, PC, 'r0', REP, '', FRESH, 0) for d in devs)

    def app_moves(self, s):
        ph, dec, alive, k, fk, devs = s
        if not alive:
            return
        pcs = {d[PC] for d in devs}
        nxt = {'bP': ('A', 'a1'), 'bA': ('V', 'v1'), 'bV': ('D', 'd1'), 'bD': ('C', 'c1')}
        if len(pcs) == 1 and (b := pcs.pop()) in nxt:
            ph2, pc = nxt[b]
            yield 'decision record: confirm' if b == 'bD' else f'barrier, phase {ph2}', (ph2, 1 if b == 'bD' else dec, 1, k, fk, tuple(put(d, PC, pc) for d in devs))
            return
        for i, d in enumerate(devs):
            if d[PC] == 'end' or d[PC][0] == 'b':
                continue
            r = self.step(ph, d)
            if r[0] == 'abort':
                yield f'd{i + 1}: {STEP.get(d[PC], "")} {r[1]} -> abort', ('X', dec, 1, k, fk, self.abort(devs[:i] + (r[2],) + devs[i + 1:]))
                if not self.full:
                    return
                continue
            moved = False
            for lab, e in r[1]:
                if e != d:
                    moved = True
                    yield f'd{i + 1}: {lab}' + (f' -> {e[REP]}' if e[REP] != d[REP] else ''), (ph, dec, 1, k, fk, devs[:i] + (e,) + devs[i + 1:])
            if moved and not self.full:
                return                                      # steps on different devices commute: lowest first

    def touched(self, d, *kv):                             # a change that the app did not make: monitors, and P6
        e = put(d, *kv)
        if e[PC] in CMDS:
            e = put(e, DIRTY, 1)
        if d[REP] == 'old' and d[PC] == 'end' and e[RUN] & OURS & ~d[RUN]:
            raise Violation('P6: our lines went live after old was reported')
        return e

    def quiet_moves(self, s):
        """The environment without disturbances: time, lost sessions, links that come back, the restart of the app."""
        ph, dec, alive, k, fk, devs = s
        if not alive:
            yield 'app restarts', ('C' if dec else 'X', dec, 1, k, fk, tuple(d if d[PC] == 'end' else put(d, PC, 'c1' if dec else 'r0') for d in devs))
        for i, d in enumerate(devs):
            mk = lambda e: (ph, dec, alive, k, fk, devs[:i] + (e,) + devs[i + 1:])
            if d[PEND]:
                if d[PEND][1] == 2:
                    if not (d[FRESH] and d[PC] in CMDS):
                        yield f'd{i + 1}: time left falls below the margin', mk(put(d, PEND, d[PEND][:1] + (1,) + d[PEND][2:]))
                elif not d[FRESH]:
                    for e in self.reverted(d, False):
                        yield f'd{i + 1}: timer expires', mk(self.touched(e, FRESH, 0))
            if d[GHOST]:
                cmd, cand = d[GHOST]
                for e, ans in self.execute(put(d, DIRTY, 1), cmd, cand):
                    e = put(e, DIRTY, d[DIRTY], GHOST, ())
                    if d[REP] == 'old' and d[PC] == 'end' and (e[RUN] & OURS & ~d[RUN]):
                        raise Violation(f'P6: a late `{cmd}` of a lost session made our lines live after old was reported')
                    yield f'd{i + 1}: the lost session executes `{cmd}` late: {ans}', mk(self.touched(e, GHOST, ()))
                yield f'd{i + 1}: the lost session dies', mk(put(d, GHOST, ()))
            if not d[UP]:
                yield f'd{i + 1}: reachable again', mk(put(d, UP, 1))

    def disturbances(self, s):
        ph, dec, alive, k, fk, devs = s
        if k == 0:
            return
        running = [i for i, d in enumerate(devs) if d[PC] != 'end' and d[PC][0] != 'b']
        if alive and any(d[PC] != 'end' for d in devs):
            for lab, ds in self.crashes(devs, running):
                yield f'app crashes {lab}', (ph, dec, 0, k - 1, fk, ds)
        for i, d in enumerate(devs):
            mk = lambda e, f=fk: (ph, dec, alive, k - 1, f, devs[:i] + (e,) + devs[i + 1:])
            if alive and d[PC] != 'end' and (d[SESS] or d[PC] in CMDS):
                for lab, es in self.cut(d):
                    for e in es:
                        for up in (1, 0):
                            if d[PC] == 's1':               # new was proven before; a last read that fails takes nothing away
                                yield f'd{i + 1}: connection drops {lab}' + ('' if up else ', unreachable'), mk(put(e, UP, up, REP, 'new', PC, 'end'))
                                continue
                            back = e[PC] if ph in 'VD' else ('c1' if ph == 'C' else 'r0')
                            x = put(e, UP, up)
                            text = f'd{i + 1}: connection drops {lab}' + ('' if up else ', unreachable')
                            if ph in 'PA':
                                yield text, ('X', dec, alive, k - 1, fk, self.abort(devs[:i] + (x,) + devs[i + 1:]))
                            else:
                                yield text, mk(put(x, PC, back))
            elif d[UP] and d[PC] != 'end':
                yield f'd{i + 1}: unreachable', mk(put(d, UP, 0))
            if alive and d[PC] == 'm5' and d[UP]:
                yield f'd{i + 1}: the re-applied lines fail a check', mk(put(d, PC, 'c1', CHECK, 'failed', SESS, 1))
            if alive and d[PC] == 'p3':
                yield f'd{i + 1}: the device refuses line B', ('X', dec, alive, k - 1, fk, self.abort(devs))
            if alive and d[FRESH]:
                yield 'laptop sleeps', mk(put(d, FRESH, 0))
            if d[PEND] or d[CA] != EMPTY or d[GHOST]:
                yield from ((f'd{i + 1}: reboot, pending {self.dia.reboot}', mk(e)) for e in self.reboot(ph, alive, d))
            if fk:
                for lab, e in self.foreign_moves(d):
                    yield f'd{i + 1}: foreign {lab}', mk(e, fk - 1)

    def cut(self, d):
        if d[PC] not in CMDS:
            return [('', self.hang_up(d))]
        cmd = CMDS[d[PC]]
        out = [(f'before `{cmd}` arrives', self.hang_up(put(d, DIRTY, 0)))]
        for e, ans in self.execute(d, cmd):
            out.append((f'after `{cmd}` ran ({ans}), answer lost', self.hang_up(put(e, DIRTY, 0))))
        if not d[GHOST]:
            out.append((f'with `{cmd}` still on its way', self.hang_up(put(d, DIRTY, 0), cmd)))
        return out

    def crashes(self, devs, running):
        variants = [('between steps', devs, None)]
        if running and devs[running[0]][PC] in CMDS:
            i = running[0]
            variants = [(f'(d{i + 1} {lab})', devs[:i] + (e,) + devs[i + 1:], i) for lab, es in self.cut(devs[i]) for e in es]
        for lab, ds, done in variants:
            per = [[d] if d[PC] == 'end' or j == done else self.hang_up(put(d, DIRTY, 0)) for j, d in enumerate(ds)]
            for combo in itertools.product(*per):
                yield lab, tuple(d if d[PC] == 'end' else put(d, FRESH, 0, DIRTY, 0) for d in combo)

    def reboot(self, ph, alive, d):
        outs = [d]
        if d[PEND]:
            if self.dia.reboot == 'reverts':
                outs = self.reverted(d, False)
            elif self.dia.reboot == 'drops':
                outs = [put(d, PEND, ())]
        for e in outs:
            e = put(e, GHOST, (), SESS, 0, FRESH, 0)
            if not self.dia.kept:
                e = put(e, CA, EMPTY, CF, EMPTY, STALE, 0)
            if e[PC] in CMDS:                               # the step finds its session gone and starts again from a read
                e = put(e, PC, {'P': 'p4', 'A': 'a1', 'C': 'c1', 'X': 'r0'}[ph], DIRTY, 0)
            yield self.touched(e)

    def foreign_moves(self, d):
        slot = CA if self.dia.shared else CF
        c = d[slot]
        for lab, new in (('adds an unrelated candidate line', (c[0] | F, c[1])), ('adds a candidate line on our object', ((c[0] | X) & ~A, c[1] | A))):
            if new != c and new[0] & FOREIGN & ~d[RUN]:     # a line that is live already changes nothing
                yield lab, self.touched(d, slot, new)
        if c != EMPTY:
            yield '`rollback 0`', self.touched(d, slot, EMPTY)
        for lab, cand in (('`commit`', c), ('adds an unrelated line and commits', (c[0] | F, c[1])), ('changes our object and commits', ((c[0] | X) & ~A, c[1] | A))):
            if cand == EMPTY:
                if d[PEND]:
                    yield '`commit` without changes', self.touched(d, PEND, (), FRESH, 0, NOTE, d[NOTE] | (OTHER if d[SESS] else 0))
                continue
            if cand[0] & ~d[RUN] or cand[1] & d[RUN]:
                yield lab, self.foreign_commit(d, slot, cand, False)
        if c != EMPTY and not d[PEND]:
            yield '`commit confirm`', self.foreign_commit(d, slot, c, True)

    def foreign_commit(self, d, slot, cand, confirm):
        run = (d[RUN] & ~cand[1]) | cand[0]
        at, pend = len(d[HIST]), d[PEND]
        if confirm and self.dia.arms:
            pend = ('f', 2, d[RUN], 'fwd', cand[0], cand[1], at)
        elif pend and self.dia.foreign == 'confirms':
            pend = ()
        stale = 1 if slot == CF and d[CA] != EMPTY else d[STALE]
        return self.touched(d, RUN, run, PREV, d[RUN], PEND, pend, FRESH, d[FRESH] if pend else 0, slot, EMPTY, STALE, 0 if slot == CA else stale,
                            HIST, d[HIST] + ('g' if (cand[0] | (cand[1] if not cand[0] & X else 0)) & OURS else 'f'),
                            NOTE, d[NOTE] | (OTHER if d[SESS] else 0))

    # ---- properties -------------------------------------------------------------------------------
    def check_claim(self, before, after):
        """P1 at the moment of the claim."""
        for i, (d, e) in enumerate(zip(before[5], after[5])):
            if e[PC] == 'end' and d[PC] != 'end':
                if e[REP] == 'old' and e[RUN] & OURS:
                    raise Violation(f'P1: old reported for d{i + 1} while our lines are live')
                if e[REP] == 'new' and e[RUN] & OURS != OURS:
                    raise Violation(f'P1: new reported for d{i + 1} which lacks some of our lines')
                if e[REP] == 'new' and e[NOTE] & LATE and after[0] == 'C' and 'recheck' not in self.fixes:
                    raise Violation(f'P1: new reported for d{i + 1} although nobody checked what was applied again')
                if e[REP] in ('old', 'new') and self.mine(e):
                    raise Violation(f'P6: {e[REP]} reported for d{i + 1} whose candidate holds lines of ours')

    def check_terminal(self, s):
        """P2 in a state where nothing but a disturbance can happen. Returns the cause when a difference is reported."""
        devs = s[5]
        for i, d in enumerate(devs):
            if d[REP] == '':
                raise Violation(f'P2: d{i + 1} ends without a report (step {d[PC]})')
            if d[REP] == 'unknown':
                explained = d[PEND] and d[PEND][0] == 'f'
                if not explained:
                    raise Violation(f'P2: d{i + 1} ends as unknown although everything answers')
            if d[MON] & M_RIDE and not d[NOTE] & RIDE and not d[MON] & M_UNSEEN:
                raise Violation(f'P4: foreign lines rode along on d{i + 1} and the report does not say so')
            if d[MON] & M_LOSS and not d[NOTE] & (LOST | ANN | OTHER) and not d[MON] & M_UNSEEN:
                raise Violation(f"P3: another's line was undone on d{i + 1} and the report does not say so")
        reps = {d[REP] for d in devs}
        mixed = reps not in ({'old'}, {'new'})
        if mixed and any(d[MON] & M_AVOID for d in devs):
            raise Violation('P2: a device could not be confirmed because of candidate lines that stood there before the record')
        reasons = {(d[REP], d[NOTE] & REASONS, d[MON] & MARKS) for d in devs}
        odd = {r for r in reasons if r[1] or r[2] or r[0] not in ('old', 'new')}
        return (mixed, tuple(sorted(odd))) if mixed or any(r[2] for r in odd) else None
