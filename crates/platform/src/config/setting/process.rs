//! The settings of the process: its database, its jobs, its simulated market, its log.

use super::{Setting, setting};
use crate::config::Config;

pub const PROCESS: &[Setting] = &[
    setting(
        "archives.largest_upload_mb",
        "BELLWETHER_ARCHIVES__LARGEST_UPLOAD_MB",
        "256",
        "a whole number from 1 to 4096",
        "the largest file that administrators may send, in megabytes",
    ),
    setting(
        "database.max_connections",
        "BELLWETHER_DATABASE__MAX_CONNECTIONS",
        "8",
        "a whole number from 2 to 200",
        "connections per process",
    ),
    setting(
        "redis.prefix",
        "BELLWETHER_REDIS__PREFIX",
        "bellwether",
        "a word without spaces",
        "the start of every channel and key in Redis",
    ),
    setting(
        "jobs.concurrency",
        "BELLWETHER_JOBS__CONCURRENCY",
        "2",
        "a whole number from 1 to 64",
        "jobs at a time in one process",
    ),
    setting(
        "jobs.lease_seconds",
        "BELLWETHER_JOBS__LEASE_SECONDS",
        "30",
        "a whole number from 2 to 3600",
        "how long a dead worker keeps its jobs",
    ),
    setting(
        "jobs.grace_seconds",
        "BELLWETHER_JOBS__GRACE_SECONDS",
        "5",
        "a whole number from 0 to 600",
        "how long running jobs may take to end at shutdown",
    ),
    setting(
        "simulation.seed",
        "BELLWETHER_SIMULATION__SEED",
        "20261120",
        "a whole number",
        "the same seed makes the same market",
    ),
    setting(
        "simulation.history_days",
        "BELLWETHER_SIMULATION__HISTORY_DAYS",
        "730",
        "a whole number from 10 to 1500",
        "days of prices made at the first start",
    ),
    setting(
        "simulation.post_days",
        "BELLWETHER_SIMULATION__POST_DAYS",
        "30",
        "a whole number from 0 to 365",
        "days of posts made at the first start",
    ),
    setting(
        "log.filter",
        "BELLWETHER_LOG__FILTER",
        Config::DEFAULT_FILTER,
        "tracing directives, such as info or warn,domain=debug",
        "what is logged",
    ),
    setting(
        "log.format",
        "BELLWETHER_LOG__FORMAT",
        "",
        "text or json",
        "how it is logged; default text, json in production",
    ),
];
