//! Several models are one that is worth as much.

use super::{EVERYBODY, Market, quick, trained};
use crate::forecast::{Combination, Forecaster, Kind, Report, Settings};

fn report(combination: Combination, members: &[Kind]) -> Report {
    let panel = Market { skill: 0.7, ..Market::SMALL }.panel();
    let settings = Settings { combination, members: members.to_vec(), ..quick(Kind::Ensemble) };
    trained(&panel, &Settings { rounds: Some(6), ..settings }).report
}

#[test]
fn each_member_has_its_weight_and_its_own_scores() {
    for combination in Combination::ALL {
        let report = report(combination, &EVERYBODY);
        let names: Vec<&str> = report.scores.iter().map(|scores| scores.name.as_str()).collect();
        assert_eq!(names, ["ensemble", "trees", "lstm", "tft", "naive", "drift"]);
        let names: Vec<&str> = report.members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["trees", "lstm", "tft"]);
        let sum: f64 = report.members.iter().map(|member| member.weight).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{:?}", report.members);
        let worst = report.scores[1..4].iter().map(|scores| scores.pinball).fold(0.0, f64::max);
        assert!(report.scores[0].pinball < worst, "{combination:?} {:?}", report.scores);
        // An LSTM does not tell what it looks at, so nobody knows of the whole, and no column is called dead.
        assert!(
            report.importance.iter().all(|importance| importance.share == 0.0),
            "{:?}",
            report.importance
        );
        assert_eq!(report.dead().count(), 0);
    }
}

#[test]
fn what_all_members_look_at_is_what_they_look_at_together() {
    let report = report(Combination::Mean, &[Kind::Trees, Kind::Tft]);
    let shares: f64 = report.importance.iter().map(|importance| importance.share).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{:?}", report.importance);
    let largest = report.importance.iter().max_by(|one, other| one.share.total_cmp(&other.share));
    assert_eq!(largest.unwrap().column, "signal");
}

/// What a member is said to be worth is what it is worth without the others.
#[test]
fn a_member_learns_what_it_would_learn_by_itself() {
    let panel = Market::SMALL.panel();
    let members = vec![Kind::Lstm, Kind::Tft];
    let together = trained(&panel, &Settings { members, ..quick(Kind::Ensemble) }).report;
    for (place, kind) in [(1, Kind::Lstm), (2, Kind::Tft)] {
        assert_eq!(together.scores[place], trained(&panel, &quick(kind)).report.scores[0]);
    }
}

#[test]
fn a_damaged_file_is_refused_or_says_the_same() {
    let panel = Market::SMALL.panel();
    let settings = Settings { members: vec![Kind::Trees, Kind::Lstm], ..quick(Kind::Ensemble) };
    let forecaster = trained(&panel, &settings).forecaster;
    let bytes = forecaster.encode();
    for at in (0..bytes.len()).step_by(bytes.len() / 1_500 + 1) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        // Whatever it is now, it is refused, or keeps what was read.
        let Ok(read) = Forecaster::decode(&bytes) else { continue };
        assert_eq!(Forecaster::decode(&read.encode()).unwrap().parts, read.parts);
    }
    let file = || crate::onnx::File::decode(&bytes).unwrap();
    for members in ["", "trees", "lstm,trees", "trees,tft", "trees,lstm,lstm", "trees,ensemble"] {
        assert!(Forecaster::decode(&file().with_property("members", members).encode()).is_err(), "{members}");
    }
}

#[test]
fn combinations_are_found_by_their_names() {
    for combination in Combination::ALL {
        assert_eq!(Combination::find(combination.name()), Some(combination));
    }
    assert_eq!(Combination::find("best"), None);
}
