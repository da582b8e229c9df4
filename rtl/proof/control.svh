// What the control registers keep to. Stands at the end of the module, which is that of a small network: ports a and b.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb begin
  if (!began) assume (rst);
  // Only a call that was started ends.
  assume (!ended || start);
end

wire takes_address = s_axi_control_awvalid & s_axi_control_awready;
wire takes_word = s_axi_control_wvalid & s_axi_control_wready;
wire takes_read = s_axi_control_arvalid & s_axi_control_arready;
wire gives_written = s_axi_control_bvalid & s_axi_control_bready;
wire gives_read = s_axi_control_rvalid & s_axi_control_rready;

// Requests that are taken and not answered, and the address and word of the write.
logic [1:0] addresses, words, reads;
logic [9:0] address_taken;
always_ff @(posedge clk) begin
  addresses <= rst ? '0 : addresses + 2'(takes_address) - 2'(gives_written);
  words <= rst ? '0 : words + 2'(takes_word) - 2'(gives_written);
  reads <= rst ? '0 : reads + 2'(takes_read) - 2'(gives_read);
  if (takes_address) address_taken <= s_axi_control_awaddr[11:2];
end

// Any one bit of a register that keeps what is written, from its first write on; a byte without a strobe stays.
(* anyconst *) logic [9:0] watched;
(* anyconst *) logic [4:0] place;
wire [11:0] watched_at = {watched, 2'b00};
wire keeps = watched_at == 12'h010 || watched_at == 12'h014 || watched_at == 12'h01c || watched_at == 12'h024
  || watched_at == 12'h02c || watched_at == 12'h030 || watched_at == 12'h038 || watched_at == 12'h03c || watched_at == 12'h048;
wire writes_watched = takes_word & address_taken == watched & s_axi_control_wstrb[place[4:3]];
logic kept, known, answer, reads_watched, reads_name, reads_digest;
logic [31:0] answer_before;
always_ff @(posedge clk) begin
  if (rst) known <= 1'b0;
  else if (writes_watched) known <= 1'b1;
  if (writes_watched) kept <= s_axi_control_wdata[place];
  // What the host is told of it: as it was when the read was taken.
  if (takes_read) begin
    reads_watched <= known & s_axi_control_araddr[11:2] == watched;
    answer <= kept;
    reads_name <= s_axi_control_araddr[11:2] == 10'h3f0;
    reads_digest <= s_axi_control_araddr[11:5] == 7'h7f;
  end
end

// Interrupts: bit i stands from its event, when it is taken up, until the host toggles it.
logic [2:0] taken_up, stand;
wire [2:0] happens = {ended & reasons != '0, ended, ended};
wire writes_byte = takes_word & s_axi_control_wstrb[0];
logic passed_on, runs, over, is_ready, waited_read, was_reset;
logic stops;
always_ff @(posedge clk) begin
  was_reset <= rst;
  waited_read <= s_axi_control_rvalid & ~s_axi_control_rready;
  answer_before <= s_axi_control_rdata;
  if (rst) begin
    {taken_up, stand, passed_on, runs, over, is_ready, stops} <= '0;
  end else begin
    if (writes_byte && address_taken == 10'd1) passed_on <= s_axi_control_wdata[0];
    if (writes_byte && address_taken == 10'd2) taken_up <= s_axi_control_wdata[2:0];
    for (int i = 0; i < 3; i++)
      if (happens[i] & taken_up[i]) stand[i] <= 1'b1;
      else if (writes_byte && address_taken == 10'd3 && s_axi_control_wdata[i]) stand[i] <= ~stand[i];
    if (writes_byte && address_taken == 10'd0 && s_axi_control_wdata[0]) runs <= 1'b1;
    else if (ended && (reasons != '0 || !again)) runs <= 1'b0;
    over <= ended | (over & ~(takes_read && s_axi_control_araddr[11:2] == '0));
    stops <= writes_byte && address_taken == 10'h013 && s_axi_control_wdata[0];
  end
end

always_comb
  if (began) begin
    // Every request is answered, once; an answer stands until it is taken.
    write_answered: assert (s_axi_control_bvalid == (addresses != '0 && words != '0));
    read_answered: assert (s_axi_control_rvalid == (reads != '0));
    write_in_turn: assert (words <= addresses && addresses <= 2'd1 && reads <= 2'd1);
    write_goes_on: assert (s_axi_control_bvalid || s_axi_control_awready || s_axi_control_wready);
    answer_stands: assert (was_reset || !waited_read || (s_axi_control_rvalid && s_axi_control_rdata == answer_before));
    // A register holds what was written, and reads as it is.
    reads_as_written: assert (!(s_axi_control_rvalid && reads_watched && keeps) || s_axi_control_rdata[place] == answer);
    // What the kernel is stands whatever was written: its name, and the digest of no plan.
    name_stands: assert (!(s_axi_control_rvalid && reads_name) || s_axi_control_rdata == 32'h41424d46);
    digest_stands: assert (!(s_axi_control_rvalid && reads_digest) || s_axi_control_rdata == '0);
    first_is_kept: assert (watched_at != 12'h01c || !known || first[place] == kept);
    count_is_kept: assert (watched_at != 12'h024 || !known || count[place] == kept);
    limit_is_kept: assert (watched_at != 12'h048 || !known || limit[place] == kept);
    base_is_kept: assert (watched_at != 12'h030 || !known || base_a[{1'b1, place}] == kept);
    // Start stands from the write to the end, and after an end before the end whatever is said of starting again.
    start_stands: assert (start == runs);
    done_stands: assert (done == over);
    // The interrupt is that of the events taken up, where it is passed on.
    interrupt_is_true: assert (interrupt == (passed_on && stand != '0));
    stop_is_told: assert (stop == stops);
  end

// Why that is so.
always_comb
  if (began) begin
    assert (come == stand && taken == taken_up && enabled == passed_on);
    assert (addresses == 2'(address_known) + 2'(s_axi_control_bvalid));
    assert (!(address_known && s_axi_control_bvalid));
    assert (!address_known || write_at == address_taken);
    assert (watched_at != 12'h010 || !known || base_descriptors[{1'b0, place}] == kept);
    assert (watched_at != 12'h014 || !known || base_descriptors[{1'b1, place}] == kept);
    assert (watched_at != 12'h02c || !known || base_a[{1'b0, place}] == kept);
    assert (watched_at != 12'h038 || !known || base_b[{1'b0, place}] == kept);
    assert (watched_at != 12'h03c || !known || base_b[{1'b1, place}] == kept);
  end
