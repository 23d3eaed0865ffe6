//! The conformance table: what goes in, and the exact bytes that come out.

use super::client::Terminal;
use super::fixture::fabric;

const TABLE: &str = include_str!("conformance.txt");

/// One row of the table.
#[derive(Debug, Default)]
struct Row {
    name: String,
    section: String,
    known: String,
    dialect: String,
    plain: bool,
    steps: Vec<Step>,
    /// The prompt and the line typed last.
    typed: String,
}

#[derive(Debug)]
enum Step {
    /// Bytes that are typed.
    Send(String),
    /// Bytes that must come.
    Expect(String),
    /// Minutes by which the clock moves.
    Advance(i64),
    /// A line that another engineer types.
    Foreign(String),
}

/// Reads the table: `# name` opens a row, `key: value` describes it, then steps. The header of the file
/// tells their marks.
fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
    {
        if let Some(name) = line.strip_prefix("# ") {
            rows.push(Row {
                name: name.to_owned(),
                ..Row::default()
            });
            continue;
        }
        let row = rows.last_mut().expect("a row is open");
        if let Some(steps) = transcript(line) {
            row.typed = line.to_owned();
            row.steps.extend(steps);
            continue;
        }
        if let Some(word) = line.strip_prefix("^ ") {
            row.steps.push(Step::Expect(caret(&row.typed, word)));
            continue;
        }
        match line.split_at(2.min(line.len())) {
            ("> ", typed) => row.steps.push(Step::Send(format!("{}\r", unescape(typed)))),
            (">|", typed) => row.steps.push(Step::Send(unescape(typed))),
            ("< ", text) => row.steps.push(Step::Expect(format!("{}\r\n", unescape(text)))),
            ("<|", text) => row.steps.push(Step::Expect(unescape(text))),
            ("~ ", minutes) => row.steps.push(Step::Advance(minutes.parse().unwrap())),
            ("@ ", typed) => row.steps.push(Step::Foreign(typed.to_owned())),
            _ if line == "<" => row.steps.push(Step::Expect("\r\n".to_owned())),
            _ => match line
                .split_once(": ")
                .unwrap_or_else(|| panic!("a line of the table: {line:?}"))
            {
                ("ref", value) => row.section = value.to_owned(),
                ("known", value) => row.known = value.to_owned(),
                ("dialect", value) => row.dialect = value.to_owned(),
                ("plain", "yes") => row.plain = true,
                other => panic!("an unknown key: {other:?}"),
            },
        }
    }
    rows
}

/// `HOST(cfg)# typed`: the prompt comes, the line is typed and echoed.
fn transcript(line: &str) -> Option<Vec<Step>> {
    let (prompt, typed) = line
        .split_once('#')
        .filter(|_| line.starts_with("LEAF") || line.starts_with("SPINE"))?;
    let mut steps = vec![Step::Expect(format!("{prompt}# "))];
    let typed = unescape(typed.trim_start());
    if !typed.is_empty() {
        steps.push(Step::Send(format!("{typed}\r")));
        steps.push(Step::Expect(format!("{typed}\r\n")));
    }
    Some(steps)
}

/// REF 10: dashes up to the column of the bad word, counted from the start of the prompt line.
fn caret(typed: &str, word: &str) -> String {
    let column = typed
        .rfind(word)
        .unwrap_or_else(|| panic!("{word:?} was typed in {typed:?}"));
    format!(
        "{}^\r\nERROR: Unknown word: '{word}'.\r\n\x1b[0m",
        "-".repeat(column)
    )
}

fn unescape(text: &str) -> String {
    text.replace("\\e", "\x1b")
        .replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\x08", "\x08")
        .replace("\\\\", "\\")
        .replace("\\x15", "\x15")
        .replace("\\x03", "\x03")
}

async fn run(row: &Row) -> Result<(), String> {
    let fabric = fabric(&row.dialect).await;
    let mut terminal = Terminal::open(&fabric.inventory()[0]);
    if row.plain {
        terminal.until("LEAF-A01# ").await;
        terminal.send("unset cli-timestamp\r").await;
        terminal
            .until("(09-Mar-2026-19:09:15)# unset cli-timestamp\r\n")
            .await;
        for line in ["set cli-terminal-length 0", "set cli-ansi-color-disabled"] {
            terminal.send(&format!("{line}\r")).await;
            terminal.until(&format!("# {line}\r\n")).await;
        }
    }
    for step in &row.steps {
        match step {
            Step::Send(bytes) => terminal.send(bytes).await,
            Step::Expect(bytes) => terminal
                .expect(bytes)
                .await
                .map_err(|why| format!("{}: {why}", row.name))?,
            Step::Advance(minutes) => fabric.advance(chrono::TimeDelta::minutes(*minutes)),
            Step::Foreign(line) => drop(fabric.foreign("LEAF-A01", "rowan", std::slice::from_ref(line))),
        }
    }
    drop(terminal);
    fabric.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_table_holds() {
    let rows = rows();
    let known = ["captured", "field", "documented", "synthetic"];
    let mut failed = Vec::new();
    for row in &rows {
        assert!(
            known.contains(&row.known.as_str()),
            "{}: how well known is it?",
            row.name
        );
        assert!(!row.section.is_empty(), "{}: which section?", row.name);
    }
    // A few at once: each is an ssh process with its key exchange.
    let mut rows = rows.into_iter();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < 4 {
            let Some(row) = rows.next() else { break };
            running.spawn(async move { run(&row).await });
        }
        match running.join_next().await {
            None => break,
            Some(outcome) => failed.extend(outcome.unwrap().err()),
        }
    }
    assert!(failed.is_empty(), "rows that do not hold:\n{}", failed.join("\n"));
}

#[test]
fn every_switch_of_the_dialect_has_a_row() {
    // Seen only across sessions: the tests of the device and of the faults show these.
    let elsewhere = ["candidate-life", "reboot"];
    let switches = serde_json::to_value(bk_lab::dialect::Dialect::default()).unwrap();
    let rows = rows();
    for switch in switches
        .as_object()
        .unwrap()
        .keys()
        .filter(|switch| !elsewhere.contains(&switch.as_str()))
    {
        let named = rows.iter().any(|row| {
            row.dialect
                .split(',')
                .any(|item| item.starts_with(&format!("{switch}=")))
        });
        assert!(named, "no row shows {switch}");
    }
}
