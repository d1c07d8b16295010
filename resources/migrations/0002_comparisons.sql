CREATE TABLE `comparison_series` (
	`comparison_id` text NOT NULL,
	`part` text NOT NULL,
	`n` integer NOT NULL,
	`encoding` integer NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`comparison_id`, `part`),
	FOREIGN KEY (`comparison_id`) REFERENCES `comparisons`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;

CREATE TABLE `comparisons` (
	`id` text PRIMARY KEY NOT NULL,
	`group_id` text NOT NULL,
	`baseline_model` text NOT NULL,
	`candidate_model` text NOT NULL,
	`baseline` text NOT NULL,
	`candidate` text NOT NULL,
	`holds` integer NOT NULL,
	`verdict` text,
	`speedup` real,
	`speedup_low` real,
	`speedup_high` real,
	`created_at` text NOT NULL,
	`machine_sha256` text NOT NULL,
	`record` text NOT NULL,
	FOREIGN KEY (`machine_sha256`) REFERENCES `machines`(`sha256`) ON UPDATE no action ON DELETE no action
) STRICT;

CREATE INDEX `comparisons_by_group` ON `comparisons` (`group_id`);
CREATE INDEX `comparisons_by_baseline` ON `comparisons` (`baseline_model`,`id`);
CREATE INDEX `comparisons_by_candidate` ON `comparisons` (`candidate_model`,`id`);
CREATE INDEX `comparisons_by_machine` ON `comparisons` (`machine_sha256`);
