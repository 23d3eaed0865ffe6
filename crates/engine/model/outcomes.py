#!/usr/bin/env python3
"""Print OUTCOMES.md from the checked model: one disturbance at every step, every dialect, every way it can end."""
import re
import sys
from model import ANN, BLOCK, CMDS, LATE, LOST, NOTE, NOTIMER, PC, REP, RIDE, STEP, TOUCH, UNCHECKED, UP, Model, dialects

PHASE = {'P': 'Prepare', 'A': 'Arm', 'V': 'Verify', 'D': 'Decide', 'C': 'Confirm (recorded)', 'X': 'Resolve to old'}
SHORT = {RIDE: 'ride-along', TOUCH: 'touched by another', LOST: "another's commit undone", BLOCK: 'blocked by candidate', NOTIMER: 'was live without timer',
         LATE: 're-applied after expiry', ANN: 'announced', UNCHECKED: 're-applied lines failed a check'}
ORDER = 'pf p1 p2 p3 p4 bP a1 a2 a3 bA v1 bV d1 bD c1 c2 m1 m2 m3 m4 m5 s1 r0 r1 r3 k1 x1 y1 y2 z1 z2 q1 q2 q3 q4 end'.split()
BARRIER = {'bP': 'waits: prepared', 'bA': 'waits: armed', 'bV': 'waits: verified', 'bD': 'waits: record', 'end': 'reported'}


def finals(model, s, memo):
    """Every terminal report of device 1 that quiet moves can reach from s."""
    stack = [s]
    while stack:
        t = stack[-1]
        if t in memo:
            stack.pop()
            continue
        nxt = [u for src in (model.app_moves, model.quiet_moves) for _, u in src(t)]
        todo = [u for u in nxt if u not in memo]
        if todo:
            stack.extend(todo)
            continue
        d = t[5][0]
        memo[t] = frozenset().union(*(memo[u] for u in nxt)) if nxt else frozenset([(d[REP], d[NOTE])])
        stack.pop()
    return memo[s]


def next_words(model, s):
    """The step the app takes first after the event (after its restart where it crashed)."""
    for _ in range(3):
        if not s[2]:
            return ['restart; ' + ('complete: probe' if s[1] else 'resolve: fresh session, probe')]
        d = s[5][0]
        pc = d[PC]
        if not d[UP] and pc[0] == 'b':
            return ['the record is written; wait until reachable, then complete' if pc == 'bD' else 'its next step fails: abort']
        if not d[UP]:
            return ['wait until reachable, then ' + ('complete' if s[0] == 'C' else 'resolve')] if s[0] in 'XC' else ['abort']
        moves = [re.sub(r'^d\d: ', '', lab) for lab, _ in model.app_moves(s)]
        return [re.sub(r' -> (?!abort).*', '', m) for m in moves] or ['nothing: waits']
    return ['nothing']


def event_class(lab):
    lab = re.sub(r'^d\d: ', '', lab)
    for pat, name in ((r'app crashes.*before', 'crash, command not sent'), (r'app crashes.*answer lost', 'crash, command ran'), (r'app crashes.*on its way', 'crash, command on its way'),
                      (r'app crashes', 'crash'), (r'connection drops before.*unreach', 'link lost, command not sent'), (r'connection drops after.*unreach', 'link lost, command ran'),
                      (r'connection drops with.*unreach', 'link lost, command on its way'), (r'connection drops before', 'drop, command not sent'),
                      (r'connection drops after', 'drop, command ran'), (r'connection drops with', 'drop, command on its way'), (r'connection drops.*unreach|^unreachable', 'link lost'),
                      (r'connection drops', 'drop'), (r'reboot', 'reboot'), (r'foreign adds an unrelated line and commits', 'foreign commit, unrelated'),
                      (r'foreign changes our object', 'foreign commit on our object'), (r'foreign `commit` without', 'foreign empty commit'),
                      (r'foreign `commit confirm`', 'foreign commit confirm of the shared candidate'), (r'foreign `commit`', 'foreign commit of the shared candidate'),
                      (r'foreign `rollback 0`', 'foreign `rollback 0`'), (r'foreign adds a candidate line on our', 'foreign candidate line on our object'),
                      (r'foreign adds', 'foreign candidate line'), (r'refuses', 'line refused'), (r'sleeps', 'laptop sleeps'), (r'timer expires', 'timer expires'),
                      (r'fail a check', 're-applied lines fail a check'),
                      (r'below the margin', 'time left below the margin')):
        if re.search(pat, lab):
            return name
    return None


def report_words(ends):
    by = {}
    for rep, note in ends:
        by.setdefault(rep, set()).update(w for b, w in SHORT.items() if note & b)
    return ' / '.join(f'**{r}**' + (f" ({', '.join(sorted(n))})" if n else '') for r, n in sorted(by.items()))


def main():
    rows = {}
    for dia in (d for d in dialects() if d.arms):
        m = Model(dia, 1, 1, 1)
        memo, todo, seen = {}, [m.initial()], {m.initial()}
        while todo:
            s = todo.pop()
            ph, pc = s[0], s[5][0][PC]
            for src in (m.app_moves, m.quiet_moves, m.disturbances):
                for lab, t in src(s):
                    if t not in seen:
                        seen.add(t)
                        todo.append(t)
                    ev = event_class(lab)
                    clean = s[3] == 1 if src == m.disturbances else s[3] == 1 and ev in ('timer expires', 'time left below the margin')
                    if src != m.app_moves and ev and clean and s[2]:
                        nx, ends = rows.setdefault((ph, pc, ev), (set(), set()))
                        nx.update(next_words(m, t))
                        ends.update(finals(m, t, memo))
    # steps of one phase that react alike share a row, then events that lead to the same do
    name = lambda pc: f'`{CMDS[pc]}`' if pc in CMDS else BARRIER.get(pc) or STEP[pc]
    merged, joined = {}, {}
    for (ph, pc, ev), (nx, ends) in rows.items():
        if pc != 'end':
            nx = '; '.join(sorted(nx)) if ev != 'reboot' else 'fresh session; its next check decides'
            if any(w in nx for w in ('-> abort',)):
                nx = 'its next check stops: abort' if all('-> abort' in w for w in nx.split('; ')) else 'shared candidate: its next check stops, abort; else goes on'
            elif not re.search('restart|wait|abort|resolve|nothing|complete|decides', nx):
                nx = 'goes on; the next check decides'
            if ev.startswith(('drop', 'link')) and re.search('wait until|resolve|complete', nx) and 'record is' not in nx:
                nx = 'fresh session when reachable: ' + ('complete' if ph == 'C' else 'resolve')
            elif re.fullmatch('(re-check|resolve: |complete: |compare|configure|nothing).*', nx) and 'abort' not in nx:
                nx = 'goes on; the next check decides'
            merged.setdefault((ph, ev, nx, report_words(ends)), set()).add(pc)
    for (ph, ev, nx, rep), pcs in merged.items():
        joined.setdefault((ph, tuple(sorted(pcs, key=ORDER.index)), nx, rep), []).append(ev)
    out = []
    for (ph, pcs, nx, rep), evs in joined.items():
        out.append(('PAVDCX'.index(ph), ORDER.index(pcs[0]), min(evs), f"| {PHASE[ph]} | {'; '.join(map(name, pcs))} | {'; '.join(sorted(evs))} | {nx} | {rep} |"))
    print('| phase | step | event | next | reports for this device |\n|---|---|---|---|---|')
    for row in sorted(out):
        print(row[3])
    print(len(out), 'rows', file=sys.stderr)


if __name__ == '__main__':
    main()
