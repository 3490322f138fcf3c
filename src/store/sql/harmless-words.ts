/**
 * Words that may stand before a bracket in SQL that only reads: those of the language, and functions that come with the databases. Any other
 * function may be one of the application's, and may change rows.
 */
const language = `
  all and any array as asc between by case cast cross cube desc distinct else end escape except exists explain extract filter from full glob group
  grouping groups having if ilike in inner intersect interval is join lateral left like limit materialized not offset on only or order over
  partition range recursive regexp returns right rlike rollup row rows select sets similar some table then to union using values when where
  with within xor
  bigint binary bit char character dec decimal double float int integer numeric real signed time timestamp timestamptz timetz unsigned varbinary
  varchar varying`

const aggregates = `
  any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count every group_concat json_agg json_arrayagg json_group_array
  json_group_object json_object_agg json_objectagg jsonb_agg jsonb_object_agg max median min mode percentile_cont percentile_disc regr_slope std
  stddev stddev_pop stddev_samp string_agg sum total var_pop var_samp variance
  cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`

const scalars = `
  abs acos asin atan atan2 ceil ceiling cos cot degrees div exp floor greatest least ln log log10 log2 mod pi pow power radians rand random round
  sign sin sqrt tan trunc truncate width_bucket
  coalesce ifnull iif isnull nullif nvl
  ascii bit_length btrim char_length character_length chr concat concat_ws elt field find_in_set format hex initcap instr lcase length
  locate lower lpad ltrim md5 mid normalize octet_length overlay position quote regexp_count regexp_instr regexp_like regexp_match regexp_matches
  regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse rpad rtrim sha1 sha2 sha224 sha256 sha384 sha512
  space split_part starts_with string_to_array string_to_table strpos substr substring substring_index to_hex translate trim ucase unhex upper
  convert crc32 decode encode from_base64 to_base64
  age clock_timestamp curdate current_date current_time current_timestamp curtime date date_add date_bin date_diff date_format date_part date_sub
  date_trunc datediff datetime day dayname dayofmonth dayofweek dayofyear from_unixtime hour julianday last_day localtime localtimestamp make_date
  make_interval make_time make_timestamp make_timestamptz microsecond minute month monthname now period_diff quarter sec_to_time second
  statement_timestamp str_to_date strftime sysdate time_format time_to_sec timediff timestampadd timestampdiff to_char to_date to_days to_number
  to_timestamp transaction_timestamp unix_timestamp unixepoch utc_date utc_time utc_timestamp week weekday weekofyear year yearweek
  json json_array json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_contains
  json_contains_path json_depth json_each json_each_text json_exists json_extract json_extract_path json_extract_path_text json_keys json_length
  json_object json_object_keys json_overlaps json_populate_record json_populate_recordset json_pretty json_query json_quote json_search json_table
  json_to_record json_to_recordset json_tree json_type json_typeof json_unquote json_valid json_value jsonb jsonb_array_elements
  jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path
  jsonb_extract_path_text jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
  jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb
  array_append array_cat array_length array_lower array_ndims array_position array_positions array_prepend array_remove array_replace
  array_to_json array_to_string array_upper cardinality generate_series generate_subscripts unnest
  daterange int4range int8range isempty lower_inc lower_inf numrange tsrange tstzrange upper_inc upper_inf
  phraseto_tsquery plainto_tsquery setweight to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd websearch_to_tsquery
  against match similarity word_similarity
  bin_to_uuid gen_random_uuid inet_aton inet_ntoa is_uuid uuid uuid_to_bin uuidv7
  current_database current_schema current_setting database found_rows obj_description pg_backend_pid pg_column_size pg_database_size
  pg_get_expr pg_relation_size pg_sleep pg_size_pretty pg_table_size pg_total_relation_size pg_typeof sleep to_regclass version`

export const harmlessWords: ReadonlySet<string> = new Set(`${language} ${aggregates} ${scalars}`.trim().split(/\s+/))
