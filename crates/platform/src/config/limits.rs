use super::reader::Reader;

/// How many requests one account or anonymous address may make.
#[derive(Clone, Copy, Debug)]
pub struct LimitsConfig {
    /// Brakes on guessing passwords and codes hold in any case.
    pub enforce: bool,
    pub reads_per_minute: u32,
    pub writes_per_minute: u32,
    pub predicts_per_minute: u32,
    pub destructive_per_day: u32,
    /// Of an account or an address; an API key has a number of its own within it.
    pub requests_per_hour: u32,
    /// Of one address at a time.
    pub sockets: u32,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Self {
        let enforce = reader.optional_choice("limits.enforce", &[("true", true), ("false", false)]);
        Self {
            enforce: enforce.unwrap_or(production),
            reads_per_minute: reader.number("limits.reads_per_minute", 1..=100_000),
            writes_per_minute: reader.number("limits.writes_per_minute", 1..=100_000),
            predicts_per_minute: reader.number("limits.predicts_per_minute", 1..=100_000),
            destructive_per_day: reader.number("limits.destructive_per_day", 1..=1000),
            requests_per_hour: reader.number("limits.requests_per_hour", 1..=10_000_000),
            sockets: reader.number("limits.sockets", 1..=1_000_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;

    #[test]
    fn a_laptop_is_not_limited_unless_it_is_asked_for() {
        for (text, expected) in [
            ("", false),
            ("env = 'production'", true),
            ("env = 'production'\nlimits.enforce = false", false),
            ("limits.enforce = true", true),
        ] {
            assert_eq!(load(text).unwrap().limits.enforce, expected, "{text}");
        }
    }

    #[test]
    fn nobody_is_shut_out_by_a_limit_of_nothing() {
        let report = load("limits.reads_per_minute = 0").unwrap_err();
        assert!(report.contains("BELLWETHER_LIMITS__READS_PER_MINUTE is \"0\""), "{report}");
    }
}
